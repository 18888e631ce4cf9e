package sandboxbank

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
	"github.com/pingdui/pingdui/internal/sandboxbank/seed"
)

const (
	outside = "GL-OUTSIDE" // the rest of the world in the seeded past
	cast    = "cast"
)

// Seed puts the cast in, once. A later run only moves the dates that a story
// hangs on (a deposit due in three days, a bill due in two) to the present day.
func (b *Bank) Seed(ctx context.Context) error {
	customers, err := seed.Load()
	if err != nil {
		return fmt.Errorf("seed the sandbox bank: %w", err)
	}
	now := b.now()
	err = pgx.BeginFunc(ctx, b.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, b.q("SeedLock")); err != nil {
			return fmt.Errorf("wait for another seed: %w", err)
		}
		_, seeded, err := value[bool](ctx, b, tx, "Seeded", cast)
		if err != nil {
			return err
		}
		if !seeded {
			if err := b.seedAll(ctx, tx, customers, now); err != nil {
				return err
			}
		}
		if err := b.seedRecords(ctx, tx, now); err != nil {
			return err
		}
		return b.seedDates(ctx, tx, customers, now)
	})
	if err != nil {
		return fmt.Errorf("seed the sandbox bank: %w", err)
	}
	return nil
}

func (b *Bank) seedAll(ctx context.Context, tx pgx.Tx, customers []seed.Customer, now time.Time) error {
	batch := &pgx.Batch{}
	batch.Queue(b.q("SeedInternal"), clearing, "同业往来清算", "Interbank clearing")
	batch.Queue(b.q("SeedInternal"), outside, "历史对手方", "The past's other side")
	for _, c := range customers {
		if err := b.queueCustomer(batch, c, now); err != nil {
			return err
		}
	}
	for _, c := range customers { // payees may point at any of the accounts above
		for i, p := range c.Payees {
			batch.Queue(b.q("SeedPayee"), p.ID, c.ID, p.Name, nonNil(p.Aliases), p.Relation, p.Bank, p.Number, orNull(p.Account), p.Mismatch, p.Paid, i)
		}
	}
	batch.Queue(b.q("MarkSeeded"), cast, now)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("put the cast in: %w", err)
	}
	for _, c := range customers {
		if err := b.seedHistory(ctx, tx, c, now); err != nil {
			return err
		}
	}
	return nil
}

func (b *Bank) queueCustomer(batch *pgx.Batch, c seed.Customer, now time.Time) error {
	born, err := c.BornOn(now)
	if err != nil {
		return err
	}
	salt := randomBytes(16)
	hash, err := pinHash(c.Password, salt)
	if err != nil {
		return err
	}
	batch.Queue(b.q("SeedCustomer"), c.ID, c.Name, c.Title, c.TitleEN, born, c.Edition, c.Locale, c.Phone, c.Rating, c.Region, c.Manager,
		c.IDKind, dayIn(now, c.IDExpiresIn), fen.Fen(c.SingleLimit), fen.Fen(c.DailyLimit), salt, hash)
	for i, a := range c.Accounts {
		batch.Queue(b.q("SeedAccount"), a.ID, c.ID, a.Kind, a.Name, a.NameEN, a.Tail, cmp.Or(a.Currency, "CNY"), cmp.Or(a.Status, "normal"),
			a.StatusReason, fen.Fen(a.Frozen), fen.Fen(a.Credit), i, a.Term, a.Rate, fen.Fen(a.Bill), fen.Fen(a.BillMin))
	}
	for i, card := range c.Cards {
		salt := randomBytes(16)
		hash, err := pinHash(cmp.Or(card.PIN, c.PIN), salt)
		if err != nil {
			return err
		}
		batch.Queue(b.q("SeedCard"), card.ID, c.ID, card.Account, card.Kind, card.Name, card.NameEN, card.Tail, cmp.Or(card.Status, "normal"),
			salt, hash, now.AddDate(-1, 0, 0), i)
	}
	return nil
}

// seedHistory books a customer's past, a journal for each line.
func (b *Bank) seedHistory(ctx context.Context, tx pgx.Tx, c seed.Customer, now time.Time) error {
	past, err := c.Expand(now)
	if err != nil {
		return err
	}
	journals := &pgx.Batch{}
	for i, p := range past {
		kind := "history"
		if p.Opening {
			kind = "opening"
		}
		number := fmt.Sprintf("H%s%s%05d", p.At.Format("20060102"), c.ID, i)
		journals.Queue(b.q("SeedJournal"), number, p.At, kind, c.ID, orNull(p.Payee), p.Party, p.Memo, p.Category)
	}
	results := tx.SendBatch(ctx, journals)
	postings := &pgx.Batch{}
	for _, p := range past {
		var id int64
		if err := results.QueryRow().Scan(&id); err != nil {
			return errors.Join(fmt.Errorf("book the past of %s: %w", c.ID, err), results.Close())
		}
		postings.Queue(b.q("InsertPosting"), id, p.Account, p.Amount)
		postings.Queue(b.q("InsertPosting"), id, outside, -p.Amount)
		if p.Payee != "" {
			postings.Queue(b.q("PayeePaid"), p.Payee)
		}
	}
	if err := results.Close(); err != nil {
		return fmt.Errorf("book the past of %s: %w", c.ID, err)
	}
	if err := tx.SendBatch(ctx, postings).Close(); err != nil {
		return fmt.Errorf("post the past of %s: %w", c.ID, err)
	}
	return nil
}

// seedRecords adds the records that are not there yet; those that are may have
// changed since.
func (b *Bank) seedRecords(ctx context.Context, tx pgx.Tx, now time.Time) error {
	records, err := seed.LoadRecords(now)
	if err != nil {
		return err
	}
	batch := &pgx.Batch{}
	for _, r := range records {
		body, err := json.Marshal(r.Body)
		if err != nil {
			return fmt.Errorf("write record %s: %w", r.ID, err)
		}
		batch.Queue(b.q("SeedRecord"), r.ID, r.Customer, r.Kind, r.Status, body, now)
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("put the cast's records in: %w", err)
	}
	return nil
}

func (b *Bank) seedDates(ctx context.Context, tx pgx.Tx, customers []seed.Customer, now time.Time) error {
	batch := &pgx.Batch{}
	for _, c := range customers {
		for _, a := range c.Accounts {
			if a.MaturesIn != nil || a.BillDueIn != nil {
				batch.Queue(b.q("SeedDates"), a.ID, dayIn(now, a.MaturesIn), dayIn(now, a.BillDueIn))
			}
		}
	}
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("move the dates to today: %w", err)
	}
	return nil
}

// dayIn is the day so many days from now; nil when there is none.
func dayIn(now time.Time, days *int) *time.Time {
	if days == nil {
		return nil
	}
	day := time.Date(now.Year(), now.Month(), now.Day()+*days, 0, 0, 0, 0, time.UTC)
	return &day
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func nonNil(all []string) []string {
	if all == nil {
		return []string{}
	}
	return all
}

// DemoSecrets is what the demo tray may show of the cast.
type DemoSecrets struct {
	Customers []DemoSecret `json:"customers" nullable:"false"`
}

// DemoSecret is one customer's passwords as seeded; a PIN may have been reset since.
type DemoSecret struct {
	Customer        string `json:"customer"`
	Name            string `json:"name"`
	PaymentPassword string `json:"payment_password"`
	PIN             string `json:"pin"`
}

func demoSecrets() (DemoSecrets, error) {
	customers, err := seed.Load()
	if err != nil {
		return DemoSecrets{}, fmt.Errorf("read the cast: %w", err)
	}
	out := DemoSecrets{Customers: []DemoSecret{}}
	for _, c := range customers {
		out.Customers = append(out.Customers, DemoSecret{Customer: c.ID, Name: c.Name, PaymentPassword: c.Password, PIN: c.PIN})
	}
	return out, nil
}
