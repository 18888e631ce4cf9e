package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	replaceFee   = fen.Fen(10_00) // of a debit card that is no expired and no worn one
	replaceEarly = 90             // days before a card expires, from when it is renewed
	replaceFree  = 65             // the age from which it costs nothing
	onRecord     = "on_record"    // for an address: the one the bank has
)

// cardFace is what stands on a card, as kept; a card without one expires in years.
type cardFace struct {
	Card      string `json:"card"`
	ExpiresOn string `json:"expires_on"`
}

// cardOrder is a card that is being made or on its way, as kept.
type cardOrder struct {
	Card    string `json:"card"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Tail    string `json:"tail"`
	NewTail string `json:"new_tail"`
	Address string `json:"address"`
	Parcel  string `json:"parcel"` // empty until it is sent
	On      string `json:"on"`
	Number  string `json:"number"`
}

// CardOrder is a card that is being made or on its way.
type CardOrder struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Tail    string `json:"tail"`
	NewTail string `json:"new_tail"`
	Address string `json:"address"`
	State   string `json:"state"`
	StateEN string `json:"state_en"`
	Sent    bool   `json:"sent"`
	Parcel  string `json:"parcel" doc:"Number of the parcel; empty until it is sent"`
	On      string `json:"on" doc:"When it was asked for"`
	Number  string `json:"number"`
}

// CardOrders is every card under way.
type CardOrders struct {
	Orders []CardOrder `json:"orders" nullable:"false"`
}

// ReplaceIn asks for a new card in the place of one.
type ReplaceIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Reason    string `json:"reason" maxLength:"10" doc:"expired, damaged or lost"`
	Keep      string `json:"keep" maxLength:"3" doc:"yes keeps the number, no takes a new one; of a lost card it is always new"`
	Address   string `json:"address" maxLength:"120" doc:"on_record for the one the bank has"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// ReplaceQuote is what would follow; nothing has changed.
type ReplaceQuote struct {
	NewNumber bool      `json:"new_number"`
	Fee       string    `json:"fee"`
	Why       string    `json:"why" doc:"Why it costs that"`
	WhyEN     string    `json:"why_en"`
	Address   string    `json:"address" doc:"Where it would go; empty when none is on record"`
	Mandates  []Mandate `json:"mandates" nullable:"false" doc:"What hangs on the number and fails with a new one"`
	Names     string    `json:"names" doc:"Those by name"`
	NamesEN   string    `json:"names_en"`
	Refusal   *Refusal  `json:"refusal"`
}

// Replaced is a card that was ordered.
type Replaced struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Tail    string `json:"tail"`
	NewTail string `json:"new_tail"`
	Fee     string `json:"fee"`
	Address string `json:"address"`
}

func (r Replaced) number() string { return r.Number }

func (b *Bank) replaceRoutes(api huma.API) {
	read(b, api, "cards.orders", "Cards that are being made or on their way", b.cardOrders)
	read(b, api, "cards.replace_quote", "What a new card would cost, where it would go, and what hangs on the number", b.replaceQuote)
	change(b, api, business{
		operation: "bank.card_replace", summary: "Order a new card in the place of one", level: "L3", bound: []string{"card", "reason", "keep", "address"}, subject: b.replaceSubject,
	}, b.cardReplace)
}

func (b *Bank) cardOrders(ctx context.Context, in CustomerIn) (CardOrders, error) {
	rows, err := recordsOf[cardOrder](ctx, b, b.pool, in.Customer, "card_order")
	if err != nil {
		return CardOrders{}, err
	}
	out := CardOrders{Orders: []CardOrder{}}
	for _, r := range rows {
		if r.Status == "done" {
			continue
		}
		v := r.Value
		one := CardOrder{
			ID: r.ID, Name: v.Name, NameEN: v.NameEN, Tail: v.Tail, NewTail: v.NewTail, Address: v.Address, Parcel: v.Parcel, On: v.On, Number: v.Number,
			State: "正在制卡，还没寄出", StateEN: "being made, not sent yet",
		}
		if r.Status == "sent" {
			one.Sent, one.State, one.StateEN = true, "已寄出，要本人签收", "sent; you sign for it yourself"
		}
		out.Orders = append(out.Orders, one)
	}
	return out, nil
}

// replacing is what replacing a card means: the same for a quote, a step-up and
// the act.
type replacing struct {
	customer customerRow
	card     cardRow
	account  accountRow
	fee      fen.Fen
	quote    ReplaceQuote
}

func (b *Bank) replaceJudge(ctx context.Context, db querier, in ReplaceIn) (replacing, error) {
	var r replacing
	var ok bool
	var err error
	if r.customer, err = b.customer(ctx, db, in.Customer); err != nil {
		return r, err
	}
	if r.card, ok, err = one[cardRow](ctx, b, db, "Card", in.Card, in.Customer); err != nil || !ok {
		return r, orRefuse(err, unknownCard())
	}
	if r.account, ok, err = one[accountRow](ctx, b, db, "Account", r.card.Account, in.Customer); err != nil || !ok {
		return r, orRefuse(err, unknownAccount())
	}
	if r.quote.Address, err = b.sendTo(ctx, db, in); err != nil {
		return r, err
	}
	r.quote.NewNumber = in.Reason == "lost" || in.Keep == "no"
	if r.quote.Mandates, err = b.hangingOn(ctx, db, in.Customer, r.account); err != nil {
		return r, err
	}
	var zh, en []string
	for _, m := range r.quote.Mandates {
		zh, en = append(zh, m.Merchant), append(en, m.MerchantEN)
	}
	r.quote.Names, r.quote.NamesEN = strings.Join(zh, "、"), strings.Join(en, ", ")
	r.fee, r.quote.Why, r.quote.WhyEN = replaceCost(r, in, b.now())
	r.quote.Fee = r.fee.String()
	no, err := b.replaceRefusal(ctx, db, r, in)
	r.quote.Refusal = no
	return r, err
}

// sendTo is the address a new card goes to.
func (b *Bank) sendTo(ctx context.Context, db querier, in ReplaceIn) (string, error) {
	if in.Address != onRecord {
		return strings.TrimSpace(in.Address), nil
	}
	d, _, err := b.detailsOf(ctx, db, in.Customer)
	return d.Address, err
}

// hangingOn is every mandate that collects from an account.
func (b *Bank) hangingOn(ctx context.Context, db querier, customer string, account accountRow) ([]Mandate, error) {
	rows, err := recordsOf[mandate](ctx, b, db, customer, "mandate")
	if err != nil {
		return nil, err
	}
	out := []Mandate{}
	for _, r := range rows {
		if m := r.Value; r.Status == "active" && m.Account == account.ID {
			out = append(out, Mandate{
				ID: r.ID, Merchant: m.Merchant, MerchantEN: m.MerchantEN, Service: m.Service, ServiceEN: m.ServiceEN,
				AccountTail: account.Tail, LastAmount: m.LastAmount, LastOn: m.LastOn, Since: m.Since,
			})
		}
	}
	return out, nil
}

func replaceCost(r replacing, in ReplaceIn, now time.Time) (fee fen.Fen, zh, en string) {
	switch {
	case r.card.Kind == "credit":
		return 0, "信用卡换卡免费", "credit cards are replaced for free"
	case in.Reason == "expired":
		return 0, "到期换卡免费", "free on expiry"
	case in.Reason == "damaged" && in.Keep != "no":
		return 0, "芯片自然损坏免费", "free for a worn chip"
	case r.customer.age(now) >= replaceFree:
		return 0, "65岁以上免收", "free from 65"
	}
	return replaceFee, "工本费，从这张卡的账户扣", "for the card itself, taken from its account"
}

func (b *Bank) replaceRefusal(ctx context.Context, db querier, r replacing, in ReplaceIn) (*Refusal, error) {
	orders, err := recordsOf[cardOrder](ctx, b, db, in.Customer, "card_order")
	if err != nil {
		return nil, err
	}
	faces, err := recordsOf[cardFace](ctx, b, db, in.Customer, "card_face")
	if err != nil {
		return nil, err
	}
	expires := b.now().AddDate(4, 0, 0).Format(time.DateOnly)
	for _, f := range faces {
		if f.Value.Card == in.Card {
			expires = f.Value.ExpiresOn
		}
	}
	gone := r.card.Status == "lost" || r.card.Status == "captured"
	tail := "尾号" + r.card.Tail
	switch {
	case slices.ContainsFunc(orders, func(o record[cardOrder]) bool { return o.Status != "done" && o.Value.Card == in.Card }):
		return refuse("replace_pending", tail+"的新卡已经在办了，不用再办一次。想知道到哪了，说“新卡寄到哪了”。", "A new card for the one ending "+r.card.Tail+" is under way already. Ask where is my new card."), nil
	case r.customer.idExpired(b.now()):
		return refuse("id_expired", "您留存的身份证件已过有效期，寄不了新卡。更新证件后就能办。", "Your identity document has expired. Update it first, then a card can be sent."), nil
	case r.account.Status == "frozen":
		return refuse("frozen", tail+"的账户已被依法冻结，不能换卡。想知道怎么办，可以请人工说明。", "The account of the card ending "+r.card.Tail+" is frozen, so it can't be replaced. A person can explain."), nil
	case !slices.Contains([]string{"expired", "damaged", "lost"}, in.Reason):
		return refuse("replace_reason", "换卡的原因只有到期、损坏和挂失后补，请重新选。", "A card is replaced when it expired, broke or was reported lost. Please choose again."), nil
	case in.Reason == "lost" && !gone:
		return refuse("replace_not_lost", tail+"的卡还没有挂失，别人捡到还能用。请先挂失，再补新卡。", "The card ending "+r.card.Tail+" is not reported lost, so a finder could use it. Report it first, then order a new one."), nil
	case in.Reason != "lost" && gone:
		return refuse("replace_is_lost", tail+"的卡已经挂失停用，要按挂失后补卡办，卡号会换新的。", "The card ending "+r.card.Tail+" was reported lost; it can only be replaced as a lost one, with a new number."), nil
	case r.card.Status == "locked":
		return refuse("replace_locked", tail+"的卡密码锁着，请先重置取款密码，再换卡。", "The PIN of the card ending "+r.card.Tail+" is locked. Reset it first, then replace the card."), nil
	case in.Reason == "expired" && daysUntil(expires, b.now()) > replaceEarly:
		return refuse("replace_early", fmt.Sprintf("%s的卡%s才到期，到期前三个月起才能免费换。现在想换，可以按损坏换。", tail, expires), fmt.Sprintf("The card ending %s expires on %s; it is renewed in the last three months. You can replace it as a damaged one now.", r.card.Tail, expires)), nil
	case r.quote.Address == "" || utf8.RuneCountInString(r.quote.Address) < 6:
		return refuse("address_short", "地址要写到门牌号，快递才送得到，请说完整。", "Please give the whole address with the house number."), nil
	case abroad(r.quote.Address):
		return refuse("address_abroad", "银行卡不寄境外和港澳台，请换一个境内的地址，或到网点领。", "Cards are sent within the mainland only. Please give an address there, or collect the card at a branch."), nil
	}
	if r.fee > 0 {
		return cardPayer(r.account, r.customer, r.fee, b.now()), nil
	}
	return nil, nil
}

// daysUntil is how far off a day is.
func daysUntil(day string, now time.Time) int {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return 0
	}
	return daysTo(at, now)
}

func abroad(address string) bool {
	at := strings.ToLower(address)
	return slices.ContainsFunc([]string{"香港", "澳门", "台湾", "境外", "国外", "hong kong", "macau", "taiwan", "usa", "london", "japan", "日本", "美国", "英国"}, func(w string) bool { return strings.Contains(at, w) })
}

func (b *Bank) replaceQuote(ctx context.Context, in ReplaceIn) (ReplaceQuote, error) {
	r, err := b.replaceJudge(ctx, b.pool, in)
	return r.quote, err
}

func (b *Bank) replaceSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, err := b.replaceJudge(ctx, tx, ReplaceIn{CustomerIn: CustomerIn{c.ID}, Card: bound["card"], Reason: bound["reason"], Keep: bound["keep"], Address: bound["address"]})
	if err != nil || r.quote.Refusal != nil {
		return "", orRefuse(err, r.quote.Refusal)
	}
	return "给尾号" + r.card.Tail + "的卡换新卡，寄到您核对的地址", nil
}

// cardReplace orders a card. The old one works on until the new one is activated,
// unless it was reported.
func (b *Bank) cardReplace(ctx context.Context, tx pgx.Tx, a act, in ReplaceIn) (Replaced, error) {
	if _, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer); err != nil || !ok {
		return Replaced{}, orRefuse(err, unknownCustomer())
	}
	if _, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer); err != nil || !ok {
		return Replaced{}, orRefuse(err, unknownCard())
	}
	card, _, err := one[cardRow](ctx, b, tx, "Card", in.Card, in.Customer)
	if err != nil {
		return Replaced{}, err
	}
	if err := b.lockAccounts(ctx, tx, card.Account, clearing); err != nil {
		return Replaced{}, err
	}
	r, err := b.replaceJudge(ctx, tx, in)
	if err != nil {
		return Replaced{}, err
	}
	if r.quote.Refusal != nil {
		return Replaced{}, r.quote.Refusal
	}
	bound := map[string]string{"card": in.Card, "reason": in.Reason, "keep": in.Keep, "address": in.Address}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", bound); err != nil {
		return Replaced{}, err
	}
	number, err := b.number(ctx, tx, "N", a.now)
	if err != nil {
		return Replaced{}, err
	}
	out := Replaced{Number: number, Time: a.now.Format(time.RFC3339), Tail: card.Tail, NewTail: card.Tail, Fee: r.quote.Fee, Address: r.quote.Address}
	if r.quote.NewNumber {
		out.NewTail = number[len(number)-4:]
	}
	body := cardOrder{Card: card.ID, Name: card.Name, NameEN: card.NameEN, Tail: card.Tail, NewTail: out.NewTail, Address: out.Address, On: a.now.Format(time.DateOnly), Number: number}
	if err := b.addRecord(ctx, tx, a, in.Customer, "card_order", in.Customer+"-"+number, "making", body); err != nil {
		return Replaced{}, err
	}
	if r.fee > 0 {
		after, err := b.book(ctx, tx, a, booking{
			number: number, kind: "card_fee", customer: in.Customer, from: r.account.ID, to: clearing, amount: r.fee, party: ownBank, memo: "补卡工本费", category: "fee",
		})
		if err != nil {
			return Replaced{}, err
		}
		a.tell(Event{
			Kind: EventLedger, Customer: in.Customer, Operation: a.operation, Number: number, Amount: (-r.fee).String(), AccountTail: r.account.Tail, Counterparty: ownBank, BalanceAfter: after.String(),
		})
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, AccountTail: card.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(r.customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的%s已申请换新卡，编号%s，寄出后再发短信给您。若非本人操作请立即联系我们。", card.Tail, card.Name, number),
	})
	return out, nil
}
