package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// paymentRoutes serves transfers that wait, their progress, payees, limits and bills.
func (b *Bank) paymentRoutes(api huma.API) {
	b.payeeRoutes(api)
	b.limitRoutes(api)
	b.scheduleRoutes(api)
	b.progressRoutes(api)
	b.billRoutes(api)
}

// Done is the answer of an act that changes something but moves no money.
type Done struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
}

func (d Done) number() string { return d.Number }

// keepRecord writes a record whether or not its id is taken.
func (b *Bank) keepRecord(ctx context.Context, db execer, now time.Time, customer, kind, id, status string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("write %s %s: %w", kind, id, err)
	}
	if _, err := db.Exec(ctx, b.q("KeepRecord"), id, customer, kind, status, text, now); err != nil {
		return fmt.Errorf("keep %s %s: %w", kind, id, err)
	}
	return nil
}

// told publishes a change with the text message that goes with it.
func (b *Bank) told(a act, customer customerRow, number, party, text string) {
	a.tell(Event{Kind: EventChange, Customer: customer.ID, Operation: a.operation, Number: number, Counterparty: party})
	a.tell(Event{Kind: EventSMS, Customer: customer.ID, To: maskPhone(customer.Phone), Text: "【示例银行】" + text})
}

// lockedCustomer reads a customer and locks the row until tx ends.
func (b *Bank) lockedCustomer(ctx context.Context, tx pgx.Tx, id string) (customerRow, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", id)
	if err != nil || !ok {
		return c, orRefuse(err, unknownCustomer())
	}
	return c, nil
}
