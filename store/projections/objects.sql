-- The schema now: at the head, or at each of several heads (column revision).
CREATE VIEW objects AS SELECT * FROM objects_at WHERE is_head = 1;
CREATE VIEW tables AS SELECT * FROM tables_at WHERE is_head = 1;
CREATE VIEW columns AS SELECT * FROM columns_at WHERE is_head = 1;
CREATE VIEW constraints AS SELECT * FROM constraints_at WHERE is_head = 1;
CREATE VIEW indexes AS SELECT * FROM indexes_at WHERE is_head = 1;
CREATE VIEW definitions AS SELECT * FROM definitions_at WHERE is_head = 1;
