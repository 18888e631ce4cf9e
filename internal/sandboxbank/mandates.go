package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// mandate is a merchant's right to collect from an account, as kept.
type mandate struct {
	Merchant   string `json:"name"`
	MerchantEN string `json:"name_en"`
	Account    string `json:"account"`
	Service    string `json:"service"`
	ServiceEN  string `json:"service_en"`
	LastAmount string `json:"last_amount"`
	LastOn     string `json:"last_on"`
	Since      string `json:"since"`
}

// Mandate is a merchant's right to collect from an account.
type Mandate struct {
	ID          string `json:"id"`
	Merchant    string `json:"name"`
	MerchantEN  string `json:"name_en"`
	Service     string `json:"service" doc:"What is paid for, and what stops with it"`
	ServiceEN   string `json:"service_en"`
	AccountTail string `json:"account_tail"`
	LastAmount  string `json:"last_amount"`
	LastOn      string `json:"last_on"`
	Since       string `json:"since"`
}

// Mandates is every mandate that is active.
type Mandates struct {
	Mandates []Mandate `json:"mandates" nullable:"false"`
}

// MandateStopIn ends a mandate.
type MandateStopIn struct {
	CustomerIn
	Mandate   string `json:"mandate" maxLength:"60"`
	Reference string `json:"reference" maxLength:"100"`
}

// MandateStop says that it has ended.
type MandateStop struct {
	Number     string `json:"number"`
	Time       string `json:"time"`
	Merchant   string `json:"name"`
	MerchantEN string `json:"name_en"`
}

func (m MandateStop) number() string { return m.Number }

func (b *Bank) mandateRoutes(api huma.API) {
	read(b, api, "mandates.list", "Who may collect from the customer's accounts", b.mandatesList)
	change(b, api, business{
		operation: "bank.mandate_stop", summary: "End a mandate", bound: []string{"mandate"}, subject: b.mandateSubject,
	}, b.mandateStop)
}

func unknownMandate() *Refusal {
	return refuse("mandate_unknown", "没有查到这项代扣，可能已经停了。", "That mandate was not found; it may have ended already.")
}

func (b *Bank) mandatesList(ctx context.Context, in CustomerIn) (Mandates, error) {
	rows, err := recordsOf[mandate](ctx, b, b.pool, in.Customer, "mandate")
	if err != nil {
		return Mandates{}, err
	}
	out := Mandates{Mandates: []Mandate{}}
	for _, r := range rows {
		if r.Status != "active" {
			continue
		}
		account, _, err := one[accountRow](ctx, b, b.pool, "Account", r.Value.Account, in.Customer)
		if err != nil {
			return Mandates{}, err
		}
		m := r.Value
		out.Mandates = append(out.Mandates, Mandate{
			ID: r.ID, Merchant: m.Merchant, MerchantEN: m.MerchantEN, Service: m.Service, ServiceEN: m.ServiceEN,
			AccountTail: account.Tail, LastAmount: m.LastAmount, LastOn: m.LastOn, Since: m.Since,
		})
	}
	return out, nil
}

func (b *Bank) mandateSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	r, ok, err := recordOf[mandate](ctx, b, tx, customer.ID, "mandate", bound["mandate"])
	if err != nil || !ok || r.Status != "active" {
		return "", orRefuse(err, unknownMandate())
	}
	return "停止" + r.Value.Merchant + "的代扣", nil
}

func (b *Bank) mandateStop(ctx context.Context, tx pgx.Tx, a act, in MandateStopIn) (MandateStop, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return MandateStop{}, orRefuse(err, unknownCustomer())
	}
	r, ok, err := recordOf[mandate](ctx, b, tx, in.Customer, "mandate", in.Mandate)
	if err != nil || !ok || r.Status != "active" {
		return MandateStop{}, orRefuse(err, unknownMandate())
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"mandate": in.Mandate}); err != nil {
		return MandateStop{}, err
	}
	number, err := b.number(ctx, tx, "D", a.now)
	if err != nil {
		return MandateStop{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "ended", r.Value); err != nil {
		return MandateStop{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.mandate_stop", Number: number, Counterparty: r.Value.Merchant})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您已于%s停止%s的代扣，编号%s。", a.now.Format("1月2日15:04"), r.Value.Merchant, number),
	})
	return MandateStop{Number: number, Time: a.now.Format(time.RFC3339), Merchant: r.Value.Merchant, MerchantEN: r.Value.MerchantEN}, nil
}
