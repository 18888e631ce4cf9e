package assistant

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/postgres"
)

// commit is one turn's statement on its way to the database.
type commit struct {
	ctx       context.Context //nolint:containedctx // it travels with the statement, as with a request
	subject   string
	statement string
	args      []any
	done      chan error
}

// commit writes a turn in one guarded statement, grouped with whatever other
// turns wait at the same moment.
func (e *Engine) commit(ctx context.Context, conv *conversation, in *stored, r *ran) error {
	after := r.after
	state := conv.key.Seal(marshal(after.kept), "state")
	record := conv.key.Seal(marshal(r.record), "turn")
	now := r.started
	var (
		authors, authorIDs, masked                []string
		bodies                                    [][]byte
		actIDs                                    []uuid.UUID
		instances, steps, operations, kinds, sent []string
		visits                                    []int32
		actArgs                                   [][]byte
	)
	for _, m := range r.messages {
		authors, authorIDs = append(authors, m.author), append(authorIDs, m.authorID)
		bodies = append(bodies, conv.key.Seal(marshal(bodyOfMessage{Message: m.content, Masked: m.masked}), "message"))
		masked = append(masked, e.config.MaskRow(m.content.Text))
	}
	for _, a := range r.acts {
		id := a.id
		actIDs, instances, steps = append(actIDs, id), append(instances, a.Instance), append(steps, a.Step)
		visits, operations = append(visits, int32(a.Visit)), append(operations, a.Operation)
		actArgs = append(actArgs, conv.key.Seal(marshal(actionArgs{Args: a.Args, Reference: a.Reference, Input: in.id, Flow: a.Hash}), "action"))
	}
	for _, o := range r.outbox {
		kinds, sent = append(kinds, o.kind), append(sent, string(o.body))
	}
	notes := r.notes
	statement := "CommitFast"
	if in.durable {
		statement = "CommitSlow"
	}
	c := &commit{
		ctx: ctx, subject: conv.subject, statement: e.store.sql.Text(statement), done: make(chan error, 1),
		args: []any{
			conv.id, e.config.Node, conv.epoch, conv.turn, len(r.messages), state, after.speaker, after.agent,
			after.employee, after.locale, after.edition, after.device, after.wakeAt, now,
			in.id, in.kind, in.hash[:], conv.key.Seal(in.body, "input"),
			record, string(marshal(noteNames(notes))), r.record.Release, r.started, max(0, e.config.Clock().Sub(r.started).Microseconds()),
			authors, authorIDs, bodies, masked,
			actIDs, instances, steps, visits, operations, actArgs,
			kinds, sent, r.locale, r.edition,
		},
	}
	select {
	case e.commits <- c:
	case <-ctx.Done():
		return fmt.Errorf("commit: %w", context.Cause(ctx))
	}
	select {
	case err := <-c.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("commit: %w", context.Cause(ctx)) // it may stand or not: the next try finds out
	}
}

// actionArgs is what an action row keeps sealed.
type actionArgs struct {
	Args      map[string]any `json:"args"`
	Reference string         `json:"reference,omitempty"`
	Input     string         `json:"input"`
	Flow      string         `json:"flow,omitempty"` // the version of the flow, by hash
}

// commitLoop groups what waits and writes it in one transaction. A group that
// fails is repeated turn by turn, so that one bad turn harms no other.
func (e *Engine) commitLoop(ctx context.Context) {
	for {
		var group []*commit
		select {
		case c := <-e.commits:
			group = append(group, c)
		case <-ctx.Done():
			return
		}
	fill:
		for len(group) < e.config.GroupSize {
			select {
			case c := <-e.commits:
				group = append(group, c)
			default:
				break fill
			}
		}
		if len(group) > 1 && e.write(group) == nil {
			continue
		}
		for _, c := range group {
			if err := e.write([]*commit{c}); err != nil {
				c.done <- interpret(err)
			}
		}
	}
}

// write runs a group as one batch, which is one transaction. On an error
// nothing of it stands and nobody has been answered.
func (e *Engine) write(group []*commit) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(group[0].ctx), 10*time.Second)
	defer cancel()
	batch := &pgx.Batch{}
	for _, c := range group {
		postgres.AsSubject(c.subject).Queue(batch)
		batch.Queue(c.statement, c.args...)
	}
	results := e.config.Pool.SendBatch(ctx, batch)
	outcomes := make([]error, len(group))
	for i := range group {
		if _, err := results.Exec(); err != nil {
			return errors.Join(err, results.Close())
		}
		var turn, last int64
		err := results.QueryRow().Scan(&turn, &last)
		if errors.Is(err, pgx.ErrNoRows) {
			outcomes[i] = errGuard
			continue
		}
		if err != nil {
			return errors.Join(err, results.Close())
		}
	}
	if err := results.Close(); err != nil {
		return err
	}
	for i, c := range group {
		c.done <- outcomes[i]
	}
	return nil
}
