package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	familyDaily = fen.Fen(5_000_00) // the most a relative may be given a day
	familyMost  = 3                 // relatives at once
)

// grant is what a customer lets a relative do, as kept.
type grant struct {
	Payee  string `json:"payee"`
	Name   string `json:"name"`
	Scope  string `json:"scope"`
	Daily  string `json:"daily"`
	Until  string `json:"until"`
	Number string `json:"number"`
}

// Grant is what a customer lets a relative do.
type Grant struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Scope   string `json:"scope"`
	ScopeZH string `json:"scope_zh"`
	ScopeEN string `json:"scope_en"`
	Daily   string `json:"daily" doc:"Empty: may move no money"`
	Until   string `json:"until"`
	State   string `json:"state"`
	StateEN string `json:"state_en"`
	Active  bool   `json:"active" doc:"False: waits for the video check"`
	Number  string `json:"number"`
	Time    string `json:"time"`
}

func (g Grant) number() string { return g.Number }

// Family is the grants of a customer and whom more could be given to.
type Family struct {
	Grants    []Grant    `json:"grants" nullable:"false"`
	Relatives []Relative `json:"relatives" nullable:"false"`
}

// Relative is a payee who is family.
type Relative struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Tail string `json:"tail"`
}

// GrantIn asks for a grant; it is of no effect before the video check.
type GrantIn struct {
	CustomerIn
	Relative  string `json:"relative" maxLength:"40" doc:"A payee"`
	Scope     string `json:"scope" maxLength:"10" doc:"look, bills or pay"`
	Daily     string `json:"daily" maxLength:"16" doc:"An amount, or none where no money moves"`
	Months    string `json:"months" maxLength:"3" doc:"1, 3, 6 or 12"`
	Reference string `json:"reference" maxLength:"80"`
}

// RevokeIn takes a grant back. It only protects, so it needs no step-up.
type RevokeIn struct {
	CustomerIn
	Grant string `json:"grant" maxLength:"60"`
}

func (b *Bank) familyRoutes(api huma.API) {
	read(b, api, "family.list", "What relatives may do, and whom more could be given to", b.familyList)
	change(b, api, business{operation: "bank.family_grant", summary: "Ask for a relative's grant", level: "L3", bound: []string{"relative", "scope", "daily", "months"}, subject: b.familySubject}, b.familyGrant)
	change(b, api, business{operation: "bank.family_revoke", summary: "Take a relative's grant back"}, b.familyRevoke)
}

func isFamily(relation string) bool {
	return slices.Contains([]string{"son", "daughter", "granddaughter", "grandson", "husband", "wife", "father", "mother", "brother", "sister"}, relation)
}

func scopeName(scope string) (zh, en string) {
	switch scope {
	case "look":
		return "只看账，不动钱", "look only, no money moves"
	case "bills":
		return "代缴水电等生活费", "pay household bills"
	case "pay":
		return "代为转账和缴费", "transfers and bills"
	}
	return "", ""
}

func (g grant) view(id, status string) Grant {
	zh, en := scopeName(g.Scope)
	out := Grant{ID: id, Name: g.Name, Scope: g.Scope, ScopeZH: zh, ScopeEN: en, Daily: g.Daily, Until: g.Until, Number: g.Number, State: "等视频核实，还没有生效", StateEN: "waits for the video check"}
	if status == "active" {
		out.Active, out.State, out.StateEN = true, "生效中", "in effect"
	}
	return out
}

// grantsOf are the grants that are in effect or wait.
func (b *Bank) grantsOf(ctx context.Context, db querier, customer string) ([]Grant, []string, error) {
	rows, err := recordsOf[grant](ctx, b, db, customer, "grant")
	if err != nil {
		return nil, nil, err
	}
	out, payees := []Grant{}, []string{}
	for _, r := range rows {
		if (r.Status == "active" || r.Status == "pending") && r.Value.Until >= b.now().Format(time.DateOnly) {
			out, payees = append(out, r.Value.view(r.ID, r.Status)), append(payees, r.Value.Payee)
		}
	}
	return out, payees, nil
}

func (b *Bank) familyList(ctx context.Context, in CustomerIn) (Family, error) {
	grants, taken, err := b.grantsOf(ctx, b.pool, in.Customer)
	if err != nil {
		return Family{}, err
	}
	payees, err := many[payeeRow](ctx, b, b.pool, "PayeesOf", in.Customer)
	if err != nil {
		return Family{}, err
	}
	out := Family{Grants: grants, Relatives: []Relative{}}
	for _, p := range payees {
		if isFamily(p.Relation) && !slices.Contains(taken, p.ID) {
			out.Relatives = append(out.Relatives, Relative{ID: p.ID, Name: p.Name, Tail: p.tail()})
		}
	}
	return out, nil
}

func (b *Bank) familyJudge(ctx context.Context, db querier, customer, relative, scope, months string) (payeeRow, error) {
	p, ok, err := one[payeeRow](ctx, b, db, "Payee", relative, customer)
	if err != nil || !ok {
		return p, orRefuse(err, unknownPayee())
	}
	grants, taken, err := b.grantsOf(ctx, db, customer)
	if err != nil {
		return p, err
	}
	zh, _ := scopeName(scope)
	switch {
	case !isFamily(p.Relation):
		return p, refuse("family_relation", "只能授权给家人。"+p.Name+"不是登记的家人，要请同事核对关系证明。", "Only relatives can be authorised. A colleague can check proof of the relation.")
	case slices.Contains(taken, p.ID):
		return p, refuse("family_exists", "已经授权给"+p.Name+"了。要改范围请先收回再授权。", "This relative is authorised already. Take it back first to change it.")
	case len(grants) >= familyMost:
		return p, refuse("family_many", "最多同时授权给三位家人，请先收回一位。", "Three relatives at once are the most. Please take one back first.")
	case zh == "" || !slices.Contains([]string{"1", "3", "6", "12"}, months):
		return p, refuse("family_term", "授权期限最长一年，请重新选。", "A year is the longest. Please choose again.")
	}
	return p, nil
}

func (b *Bank) familySubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	p, err := b.familyJudge(ctx, tx, c.ID, bound["relative"], bound["scope"], bound["months"])
	if err != nil {
		return "", err
	}
	zh, _ := scopeName(bound["scope"])
	if bound["scope"] == "look" {
		return fmt.Sprintf("授权%s：%s，%s个月", p.Name, zh, bound["months"]), nil
	}
	return fmt.Sprintf("授权%s：%s，每天最多%s元，%s个月", p.Name, zh, bound["daily"], bound["months"]), nil
}

func (b *Bank) familyGrant(ctx context.Context, tx pgx.Tx, a act, in GrantIn) (Grant, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Grant{}, orRefuse(err, unknownCustomer())
	}
	p, err := b.familyJudge(ctx, tx, in.Customer, in.Relative, in.Scope, in.Months)
	if err != nil {
		return Grant{}, err
	}
	daily := ""
	if in.Scope != "look" {
		n, err := amountOf("daily", in.Daily)
		if err != nil {
			return Grant{}, err
		}
		if n > familyDaily {
			return Grant{}, refuse("family_limit", fmt.Sprintf("给家人的限额每天最多%s元。", familyDaily), fmt.Sprintf("CNY %s a day is the most for a relative.", familyDaily))
		}
		daily = n.String()
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", map[string]string{"relative": in.Relative, "scope": in.Scope, "daily": in.Daily, "months": in.Months}); err != nil {
		return Grant{}, err
	}
	number, err := b.number(ctx, tx, "F", a.now)
	if err != nil {
		return Grant{}, err
	}
	months := map[string]int{"1": 1, "3": 3, "6": 6, "12": 12}[in.Months]
	body := grant{Payee: p.ID, Name: p.Name, Scope: in.Scope, Daily: daily, Until: a.now.AddDate(0, months, 0).Format(time.DateOnly), Number: number}
	id := in.Customer + "-" + number
	if err := b.addRecord(ctx, tx, a, in.Customer, "grant", id, "pending", body); err != nil {
		return Grant{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.family_grant", Number: number, Counterparty: p.Name})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】您申请授权%s代办，编号%s，视频核实后才生效。以后每次代办都会告诉您。", p.Name, number)})
	out := body.view(id, "pending")
	out.Time = a.now.Format(time.RFC3339)
	return out, nil
}

func (b *Bank) familyRevoke(ctx context.Context, tx pgx.Tx, a act, in RevokeIn) (Grant, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Grant{}, orRefuse(err, unknownCustomer())
	}
	r, ok, err := recordOf[grant](ctx, b, tx, in.Customer, "grant", in.Grant)
	if err != nil || !ok || r.Status == "ended" {
		return Grant{}, orRefuse(err, refuse("grant_unknown", "没有查到这项授权，可能已经收回了。", "That grant was not found; it may have been taken back."))
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "ended", r.Value); err != nil {
		return Grant{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.family_revoke", Number: r.Value.Number, Counterparty: r.Value.Name})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】您给%s的授权已收回，立即失效。", r.Value.Name)})
	out := r.Value.view(r.ID, "ended")
	out.Time, out.State, out.StateEN = a.now.Format(time.RFC3339), "已收回", "taken back"
	return out, nil
}
