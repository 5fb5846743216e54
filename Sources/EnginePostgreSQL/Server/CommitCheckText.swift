internal import SchemaModel

extension CommitCheck {
  /// How far the number of a row's transaction is ahead of ours. Our own rows, those of its
  /// subtransactions too, are not behind; numbers go round at 32 bits.
  static let ahead = """
    mod(xmin::text::bigint - mod(v_top, 4294967296) + 4294967296, 4294967296)
    """

  /// Goes on to the next row where this one is of another's transaction. The number of a row that
  /// is very old can be one that no transaction has yet.
  static let inProgress = """
    BEGIN
      CONTINUE WHEN txid_status(v_top + v_row.ahead) IS DISTINCT FROM 'in progress';
    EXCEPTION WHEN invalid_parameter_value THEN CONTINUE;
    END;
    """

  /// Roles that the transaction made, for those who may not read pg_authid: whoever makes a role
  /// becomes its administrator.
  static let newBy16 = """
    FOR v_row IN SELECT * FROM (SELECT roleid AS one, @AHEAD@ AS ahead
      FROM pg_catalog.pg_auth_members
      WHERE grantor = 10 AND admin_option AND roleid <> ALL (v_roles)) AS a WHERE ahead < 2147483648
    LOOP
      @INPROGRESS@
      v_new := v_new || v_row.one;
    END LOOP;
    """

  /// The same before version 16, where nothing says who made a role: those that came, as long as
  /// they are no more than this session made.
  static let newBefore16 = """
    v_new := ARRAY(SELECT oid FROM pg_catalog.pg_roles WHERE oid <> ALL (v_roles)
      AND coalesce(strpos(shobj_description(oid, 'pg_authid'), '@PREFIX@'), 0) = 0);
    IF cardinality(v_new) > pg_stat_get_xact_tuples_inserted(1260) THEN
      v_found := v_found || 'roles that others make at this moment: try again'::text;
    END IF;
    """

  /// What databases share, row by row: the `key`, words for people (`name`), which objects it is
  /// about (`one`, `two`, `three`), and `xmin`.
  static func keysSQL(version: Int) -> String {
    keys + (version >= 15 ? "\n" + keysSince15 : "")
  }

  private static let keys = """
    SELECT concat_ws(':', 2964, setdatabase, setrole) AS key, concat('a setting of ',
      CASE WHEN setrole = 0 THEN 'all roles'
        ELSE 'the role ' || pg_get_userbyid(setrole) END,
      ' in the database ' || (SELECT datname FROM pg_catalog.pg_database AS d
        WHERE d.oid = setdatabase)) AS name, setrole AS one, setdatabase AS two,
      0::oid AS three, xmin
      FROM pg_catalog.pg_db_role_setting
    UNION ALL SELECT concat_ws(':', 1261, roleid, member, grantor),
      concat('the membership of ', pg_get_userbyid(member), ' in ', pg_get_userbyid(roleid)),
      roleid, member, grantor, xmin FROM pg_catalog.pg_auth_members
    UNION ALL SELECT concat_ws(':', 1262, oid), concat('the database ', datname), oid, 0, 0, xmin
      FROM pg_catalog.pg_database
    UNION ALL SELECT concat_ws(':', 1213, oid), concat('the tablespace ', spcname), oid, 0, 0, xmin
      FROM pg_catalog.pg_tablespace
    UNION ALL SELECT concat_ws(':', 2396, classoid, objoid), concat('the comment on ',
      CASE WHEN classoid = 1260 THEN 'the role ' || pg_get_userbyid(objoid)
        WHEN classoid = 1262 THEN 'the database ' || (SELECT datname
          FROM pg_catalog.pg_database AS d WHERE d.oid = objoid)
        ELSE 'a tablespace' END), objoid, classoid, 0, xmin FROM pg_catalog.pg_shdescription
    UNION ALL SELECT concat_ws(':', 3592, classoid, objoid), 'a security label of the server',
      objoid, classoid, 0, xmin FROM pg_catalog.pg_shseclabel
    UNION ALL SELECT concat_ws(':', 6000, roident), concat('the replication origin ', roname),
      roident, coalesce((SELECT s.oid FROM pg_catalog.pg_subscription AS s
        WHERE roname = 'pg_' || s.oid), 0), 0, xmin FROM pg_catalog.pg_replication_origin
    """

  private static let keysSince15 = """
    UNION ALL SELECT concat_ws(':', 6243, oid), concat('privileges on the parameter ', parname),
      oid, 0, 0, xmin FROM pg_catalog.pg_parameter_acl
    """

  static let body = """
    DECLARE
      v_path text := pg_catalog.current_setting('search_path');
      v_role text := pg_catalog.current_setting('role');
      v_session name := session_user;
      v_mark text := '@MARK@';
      v_roles oid[] := '{@ROLES@}';
      v_names text[] := '{@NAMES@}';
      v_before text[] := '{@BEFORE@}';
      v_top bigint;
      v_own oid;
      v_me oid;
      v_super boolean;
      v_reads boolean;
      v_counts boolean;
      v_locked oid[];
      v_new oid[] := '{}';
      v_made oid[];
      v_fine boolean;
      v_found text[] := '{}';
      v_row record;
    BEGIN
      SET CONSTRAINTS ALL IMMEDIATE;
      PERFORM pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
      IF EXISTS (SELECT FROM pg_catalog.pg_cursors
        WHERE is_holdable AND creation_time >= now())
      THEN
        v_found := v_found || 'a cursor WITH HOLD, whose query would run at the commit'::text;
      END IF;
      v_top := txid_current_if_assigned();
      v_counts := current_setting('track_counts')::boolean;
      IF v_top IS NOT NULL AND (NOT v_counts OR EXISTS (
        SELECT FROM unnest('{1260,1261,1262,1213,2964,2396,3592,6000,6243}'::oid[]) AS c
        WHERE pg_stat_get_xact_tuples_inserted(c) + pg_stat_get_xact_tuples_updated(c)
          + pg_stat_get_xact_tuples_deleted(c) > 0))
      THEN
        SET LOCAL SESSION AUTHORIZATION DEFAULT;
        v_own := oid FROM pg_catalog.pg_database WHERE datname = current_database();
        SELECT oid, rolsuper INTO v_me, v_super FROM pg_catalog.pg_roles
          WHERE rolname = session_user;
        v_reads := has_table_privilege('pg_catalog.pg_authid', 'SELECT');
        v_locked := ARRAY(SELECT relation FROM pg_catalog.pg_locks WHERE pid = pg_backend_pid()
          AND locktype = 'relation' AND database = 0 AND mode = 'RowExclusiveLock');
        IF v_reads THEN
          FOR v_row IN SELECT * FROM (SELECT oid AS one, rolname AS name,
            @AHEAD@ AS ahead
            FROM pg_catalog.pg_authid) AS a WHERE ahead < 2147483648
          LOOP
            @INPROGRESS@
            IF v_row.one = ANY (v_roles) THEN
              v_found := v_found || concat('a change of the role ', v_row.name);
            ELSE
              v_new := v_new || v_row.one;
            END IF;
          END LOOP;
        ELSIF 1260 = ANY (v_locked) THEN
          IF NOT v_counts THEN
            v_found := v_found
              || 'roles, which nobody but a superuser can look at while track_counts is off'::text;
          ELSIF pg_stat_get_xact_tuples_updated(1260) > 0 THEN
            v_found := v_found || 'ALTER ROLE (of which role, only a superuser can see)'::text;
          END IF;
          @NEW@
        END IF;
        FOR v_row IN SELECT r.oid, r.rolname, d.description FROM pg_catalog.pg_roles AS r
          LEFT JOIN pg_catalog.pg_shdescription AS d ON d.classoid = 1260 AND d.objoid = r.oid
          WHERE r.oid <> ALL (v_roles) AND coalesce(strpos(d.description, v_mark), 0) = 0
            AND (r.oid = ANY (v_new) OR EXISTS (SELECT FROM pg_catalog.pg_locks
              WHERE pid = pg_backend_pid() AND locktype = 'object' AND database = 0
              AND classid = 1260 AND objid = r.oid AND mode = 'ShareUpdateExclusiveLock'))
        LOOP
          EXECUTE 'COMMENT ON ROLE ' || quote_ident(v_row.rolname) || ' IS '
            || quote_literal(concat_ws(chr(10), v_row.description, v_mark));
        END LOOP;
        v_made := ARRAY(SELECT objoid FROM pg_catalog.pg_shdescription
          WHERE classoid = 1260 AND strpos(description, v_mark) > 0 AND objoid <> ALL (v_roles));
        FOR v_row IN SELECT * FROM (SELECT key, name, one, two, three,
          @AHEAD@ AS ahead
          FROM (@KEYS@) AS k) AS k WHERE ahead < 2147483648
        LOOP
          v_fine := CASE split_part(v_row.key, ':', 1)
            WHEN '2964' THEN v_row.one = ANY (v_made) OR v_row.two = v_own
            WHEN '1261' THEN v_row.two = ANY (v_made) OR v_row.one = ANY (v_made)
              AND (v_row.two = v_me OR v_row.three = 10 AND NOT v_super)
            WHEN '1262' THEN v_row.one = v_own
            WHEN '6000' THEN v_row.two <> 0
            WHEN '1213' THEN false
            WHEN '6243' THEN false
            ELSE v_row.two = 1260 AND v_row.one = ANY (v_made)
              OR v_row.two = 1262 AND v_row.one = v_own END;
          CONTINUE WHEN v_fine;
          @INPROGRESS@
          v_found := v_found || concat('a change of ', v_row.name);
        END LOOP;
        v_found := v_found
          || ARRAY(SELECT concat('DROP ROLE ', v_names[array_position(v_roles, objid)])
          FROM pg_catalog.pg_locks WHERE pid = pg_backend_pid() AND locktype = 'object'
            AND database = 0 AND classid = 1260 AND mode = 'AccessExclusiveLock'
            AND objid = ANY (v_roles)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles AS r WHERE r.oid = objid));
        -- What hung on a role that is dropped went with it; a role that another session dropped is
        -- no doing of ours. These three catalogs stay locked by whoever writes to them.
        IF v_found = '{}' THEN
          v_found := ARRAY(SELECT concat('the removal of ', CASE split_part(b, ':', 1)
            WHEN '2964' THEN concat('a setting of ', CASE split_part(b, ':', 3)
              WHEN '0' THEN 'all roles'
              ELSE 'the role ' || pg_get_userbyid(split_part(b, ':', 3)::oid) END)
            WHEN '1261' THEN concat('the membership of ',
              pg_get_userbyid(split_part(b, ':', 3)::oid), ' in ',
              pg_get_userbyid(split_part(b, ':', 2)::oid))
            WHEN '2396' THEN 'a comment on a role, a database or a tablespace'
            WHEN '3592' THEN 'a security label of the server'
            WHEN '6000' THEN 'a replication origin'
            WHEN '6243' THEN 'privileges on a parameter'
            ELSE 'an object of the server' END)
            FROM unnest(v_before) AS b
            WHERE (split_part(b, ':', 1)::oid <> ALL ('{2964,1261,2396}')
                OR split_part(b, ':', 1)::oid = ANY (v_locked))
              AND (NOT v_counts OR pg_stat_get_xact_tuples_deleted(split_part(b, ':', 1)::oid) > 0)
              AND NOT (split_part(b, ':', 1) = '1261' AND EXISTS (
                SELECT FROM unnest(string_to_array(b, ':')::oid[]) WITH ORDINALITY AS r (oid, place)
                WHERE place IN (2, 3) AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_roles AS p WHERE p.oid = r.oid)))
              AND b NOT IN (SELECT key FROM (@KEYS@) AS k));
        END IF;
        IF session_user <> v_session THEN
          EXECUTE 'SET LOCAL SESSION AUTHORIZATION ' || quote_ident(v_session);
        END IF;
        PERFORM set_config('role', v_role, true);
      END IF;
      IF v_found <> '{}' THEN
        RAISE EXCEPTION USING ERRCODE = 'ST001',
          MESSAGE = 'expected a migration to change nothing of the server outside of its scratch '
            || 'database, found ' || array_to_string(v_found, ', '),
          HINT = 'leave --scratch out: in a temporary PostgreSQL of its own Strata lets it do so';
      END IF;
      PERFORM pg_catalog.set_config('search_path', v_path, true);
    END
    """
}
