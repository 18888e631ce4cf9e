package sandboxbank

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// ReviewedIn is a change that a person of the bank has checked the customer for.
type ReviewedIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Review    string `json:"review" maxLength:"40" doc:"The number of the check; each counts once"`
	Reference string `json:"reference" maxLength:"80"`
}

// CardRelease is a card that may be used again.
type CardRelease struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Tail   string `json:"tail"`
}

func (r CardRelease) number() string { return r.Number }

// AssistBookIn asks for a call back when no colleague is on duty.
type AssistBookIn struct {
	CustomerIn
	What string `json:"what" maxLength:"100" doc:"The business, in the customer's words"`
}

// AssistBooked is a call back that is written down.
type AssistBooked struct {
	Number string `json:"number"`
	On     string `json:"on" doc:"The day a colleague calls, from 09:00"`
	Phone  string `json:"phone" doc:"Masked"`
	What   string `json:"what"`
}

func (r AssistBooked) number() string { return r.Number }

// assistedRoutes serves what needs a person of the bank to have seen the customer.
func (b *Bank) assistedRoutes(api huma.API) {
	change(b, api, business{
		operation: "bank.pin_release", summary: "Unlock a card by a new PIN, after a check by a person", level: "L4", bound: []string{"card", "review"},
		subject: b.cardSubject("远程重置尾号%s的卡的取款密码"),
		secrets: []SecureField{
			{Name: "new_pin", Label: "新取款密码", LabelEN: "New PIN", Digits: 6},
			{Name: "new_pin_again", Label: "再输一次新密码", LabelEN: "New PIN again", Digits: 6},
		},
	}, b.pinRelease)
	change(b, api, business{
		operation: "bank.card_release", summary: "Take a loss report back, after a check by a person", level: "L4", bound: []string{"card", "review"},
		subject: b.cardSubject("解除尾号%s的卡的挂失"),
	}, b.cardRelease)
	change(b, api, business{operation: "bank.assist_book", summary: "Write down that a colleague calls back"}, b.assistBook)
}

// assistBook writes a call back down; asked for again it is the same one.
func (b *Bank) assistBook(ctx context.Context, tx pgx.Tx, a act, in AssistBookIn) (AssistBooked, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return AssistBooked{}, orRefuse(err, unknownCustomer())
	}
	rows, err := recordsOf[AssistBooked](ctx, b, tx, in.Customer, "assist")
	if err != nil {
		return AssistBooked{}, err
	}
	for _, r := range rows {
		if r.Status == "open" && r.Value.What == in.What && r.Value.On >= a.now.Format(time.DateOnly) {
			return r.Value, nil
		}
	}
	number, err := b.number(ctx, tx, "A", a.now)
	if err != nil {
		return AssistBooked{}, err
	}
	on := a.now.AddDate(0, 0, 1)
	for dayOff(on) {
		on = on.AddDate(0, 0, 1)
	}
	out := AssistBooked{Number: number, On: on.Format(time.DateOnly), Phone: maskPhone(customer.Phone), What: in.What}
	if err := b.addRecord(ctx, tx, a, in.Customer, "assist", in.Customer+"-"+number, "open", out); err != nil {
		return AssistBooked{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.assist_book", Number: number})
	return out, nil
}

// reviewed opens a change that a check stands behind: the card, the proof, and
// the check used up.
func (b *Bank) reviewed(ctx context.Context, tx pgx.Tx, a act, in ReviewedIn) (customerRow, cardRow, proof, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return customerRow{}, cardRow{}, proof{}, orRefuse(err, unknownCustomer())
	}
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	if err != nil || !ok {
		return customerRow{}, cardRow{}, proof{}, orRefuse(err, unknownCard())
	}
	id := "seen-" + strings.ReplaceAll(in.Review, "/", "-") + "-" + in.Customer
	if _, used, err := recordOf[ReviewedIn](ctx, b, tx, in.Customer, "review", id); err != nil || used {
		return customerRow{}, cardRow{}, proof{}, orRefuse(err, refuse("review_used", "这次核身已经用过，请重新核身。", "That identity check has been used. Please be checked again."))
	}
	p, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L4", map[string]string{"card": in.Card, "review": in.Review})
	if err != nil {
		return customerRow{}, cardRow{}, proof{}, err
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "review", id, "used", ReviewedIn{CustomerIn: in.CustomerIn, Card: in.Card, Review: in.Review}); err != nil {
		return customerRow{}, cardRow{}, proof{}, err
	}
	return customer, card, p, nil
}

// pinRelease unlocks a card whose PIN was typed wrongly too often.
func (b *Bank) pinRelease(ctx context.Context, tx pgx.Tx, a act, in ReviewedIn) (PINReset, error) {
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	if err != nil || !ok {
		return PINReset{}, orRefuse(err, unknownCard())
	}
	if card.Status == "lost" || card.Status == "captured" {
		return PINReset{}, refuse("card_lost", "尾号"+card.Tail+"的卡已停用，不能重置密码，请先补卡或解除挂失。",
			"The card ending "+card.Tail+" is out of use, so its PIN cannot be set.")
	}
	customer, card, p, err := b.reviewed(ctx, tx, a, in)
	if err != nil {
		return PINReset{}, err
	}
	number, err := b.number(ctx, tx, "P", a.now)
	if err != nil {
		return PINReset{}, err
	}
	if _, err := tx.Exec(ctx, b.q("CardPINReset"), card.ID, p.PINSalt, p.PINHash, a.now); err != nil {
		return PINReset{}, fmt.Errorf("set the PIN: %w", err)
	}
	b.tellRelease(a, customer, card, "bank.pin_release", number, "取款密码已远程重置")
	return PINReset{Number: number, Time: a.now.Format(time.RFC3339), Tail: card.Tail}, nil
}

// cardRelease takes a loss report back.
func (b *Bank) cardRelease(ctx context.Context, tx pgx.Tx, a act, in ReviewedIn) (CardRelease, error) {
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	if err != nil || !ok {
		return CardRelease{}, orRefuse(err, unknownCard())
	}
	if card.Status != "lost" {
		return CardRelease{}, refuse("not_lost", "尾号"+card.Tail+"的卡没有挂失，不用解挂。", "The card ending "+card.Tail+" is not reported lost.")
	}
	customer, card, _, err := b.reviewed(ctx, tx, a, in)
	if err != nil {
		return CardRelease{}, err
	}
	number, err := b.number(ctx, tx, "U", a.now)
	if err != nil {
		return CardRelease{}, err
	}
	if _, err := tx.Exec(ctx, b.q("CardLost"), card.ID, "normal", nil); err != nil {
		return CardRelease{}, fmt.Errorf("release the card: %w", err)
	}
	b.tellRelease(a, customer, card, "bank.card_release", number, "挂失已解除")
	return CardRelease{Number: number, Time: a.now.Format(time.RFC3339), Tail: card.Tail}, nil
}

func (b *Bank) tellRelease(a act, customer customerRow, card cardRow, operation, number, what string) {
	a.tell(Event{Kind: EventChange, Customer: customer.ID, Operation: operation, Number: number, AccountTail: card.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: customer.ID, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的%s%s（%s），编号%s。若非本人操作请立即联系我们。", card.Tail, card.Name, what, a.now.Format("1月2日15:04"), number),
	})
}
