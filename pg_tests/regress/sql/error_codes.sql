-- The catalogue of errors.
SELECT name, sqlstate, status FROM admit.error_code ORDER BY sqlstate;
