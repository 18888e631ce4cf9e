package sandboxbank

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// ReviewBrief is what a manager and a customer look at together.
type ReviewBrief struct {
	Holdings
	Manager string `json:"manager" doc:"Who looks after the customer; empty: nobody in particular"`
}

// ReviewNoteIn keeps a note of a look at the holdings.
type ReviewNoteIn struct {
	CustomerIn
	Goal   string `json:"goal" enum:"loss,due,need,all"`
	Review string `json:"review" maxLength:"40" doc:"The number of the talk; each is noted once"`
}

// ReviewNote is a note that was kept.
type ReviewNote struct {
	Number string `json:"number"`
	Time   string `json:"time"`
}

func (r ReviewNote) number() string { return r.Number }

func (b *Bank) reviewBrief(ctx context.Context, in CustomerIn) (ReviewBrief, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return ReviewBrief{}, err
	}
	all, err := b.holdings(ctx, in)
	return ReviewBrief{Holdings: all, Manager: c.Manager}, err
}

func (b *Bank) reviewNote(ctx context.Context, tx pgx.Tx, a act, in ReviewNoteIn) (ReviewNote, error) {
	if _, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer); err != nil || !ok {
		return ReviewNote{}, orRefuse(err, unknownCustomer())
	}
	if err := b.checkUsed(ctx, tx, a, in.Customer, in.Review); err != nil {
		return ReviewNote{}, err
	}
	number, err := b.number(ctx, tx, "N", a.now)
	if err != nil {
		return ReviewNote{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "portfolio_review", number, "kept", in); err != nil {
		return ReviewNote{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number})
	return ReviewNote{Number: number, Time: a.now.Format(time.RFC3339)}, nil
}
