-- name: Add
INSERT INTO audit (at, actor, action, object, detail) VALUES ($1, $2, $3, $4, $5);

-- name: List
SELECT id, at, actor, action, object, detail FROM audit
WHERE id < @before AND (@actor = '' OR actor = @actor) AND (@action = '' OR starts_with(action, @action)) AND (@object = '' OR object = @object)
ORDER BY id DESC LIMIT @most;
