-- Creates and fills: tables, constraints, a transaction that is rolled back, recursive generation of rows.
PRAGMA page_size = 4096;
PRAGMA journal_mode;
CREATE TABLE city (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, population INTEGER CHECK (population >= 0));
CREATE TABLE reading (
  id INTEGER PRIMARY KEY,
  city INTEGER NOT NULL REFERENCES city (id),
  day TEXT NOT NULL,
  temperature REAL,
  note BLOB
);
INSERT INTO city (name, population) VALUES ('Aarhus', 290598), ('Bergen', 291940), ('Cadiz', 114244), ('Dakar', 1182417),
  ('Esbjerg', 71698), ('Fukuoka', 1612392), ('Graz', 298479), ('Hobart', 197451), ('İzmir', 2937000), ('Jaén', 111669);
BEGIN;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
INSERT INTO reading (city, day, temperature, note)
SELECT 1 + i % 10, date('2000-01-01', '+' || (i / 10) || ' days'), (i * 7919 % 4001) / 100.0 - 10,
  CASE WHEN i % 50 = 0 THEN zeroblob(i % 3000) WHEN i % 7 = 0 THEN printf('note %05d', i) END
FROM n;
COMMIT;
BEGIN;
DELETE FROM reading;
SELECT count(*) FROM reading;
ROLLBACK;
SELECT count(*), round(sum(temperature), 3), sum(length(note)), min(day), max(day) FROM reading;
INSERT INTO city (name, population) VALUES ('Graz', 1);
INSERT INTO city (name, population) VALUES ('Nowhere', -1);
PRAGMA page_count;
