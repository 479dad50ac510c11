-- Reopens the file: indexes, a view, a trigger, updates, deletes, VACUUM.
CREATE INDEX reading_city_day ON reading (city, day);
CREATE INDEX reading_note ON reading (length(note)) WHERE note IS NOT NULL;
CREATE VIEW yearly AS
  SELECT name, substr(day, 1, 4) AS year, count(*) AS days, round(avg(temperature), 4) AS mean
  FROM reading JOIN city ON city.id = reading.city GROUP BY name, year;
CREATE TABLE log (id INTEGER PRIMARY KEY, what TEXT);
CREATE TRIGGER moved AFTER UPDATE OF population ON city BEGIN
  INSERT INTO log (what) VALUES (old.name || ': ' || old.population || ' -> ' || new.population);
END;
UPDATE city SET population = population * 101 / 100 WHERE population > 200000;
DELETE FROM reading WHERE id % 11 = 0;
SELECT changes();
UPDATE reading SET temperature = temperature + 0.25 WHERE city IN (SELECT id FROM city WHERE name LIKE '%a%');
ANALYZE;
EXPLAIN QUERY PLAN SELECT * FROM reading WHERE city = 3 AND day BETWEEN '2003-01-01' AND '2003-02-01';
SELECT * FROM log;
PRAGMA integrity_check;
VACUUM;
PRAGMA integrity_check;
PRAGMA page_count;
