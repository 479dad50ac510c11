-- Everything out, and in again into a database in memory.
.output dump.sql
.dump
.output stdout
ATTACH ':memory:' AS copy;
CREATE TABLE copy.reading AS SELECT * FROM reading;
SELECT count(*), sum(length(note)), round(sum(temperature), 6) FROM copy.reading;
SELECT count(*) FROM (SELECT * FROM main.reading EXCEPT SELECT * FROM copy.reading);
.mode csv
.import city.csv imported
SELECT * FROM imported ORDER BY 1;
.mode insert
SELECT * FROM city WHERE id < 4;
.mode json
SELECT * FROM city WHERE id = 9;
