-- name: BookedAt
SELECT body->>'time' AS "time", count(*)::int AS n FROM bank.record
WHERE kind = 'appointment' AND status = 'booked' AND body->>'branch' = $1 AND body->>'date' = $2
GROUP BY 1

-- name: AppointmentLock
SELECT pg_advisory_xact_lock(hashtextextended($1, 7306))
