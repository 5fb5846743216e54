/// How PostgreSQL says it: its text and its catalog rows in, values of the model out, and back.
public enum PostgreSQL {}
