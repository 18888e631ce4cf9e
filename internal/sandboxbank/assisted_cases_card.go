package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

const (
	freshDays  = 180     // a card that nobody activates lapses
	freshRate  = "18.25" // per cent a year on what is not repaid
	freshPlace = 90      // new things stand last
)

// The sentences a customer copies out, in each language, as copied writes them.
const (
	freshCopy   = "本人已阅读合约并知悉逾期要付利息；本人自愿领用此卡并只由本人使用"
	freshCopyEN = "ihavereadtheagreementandknowthatlatepaymentcostsinterest；iwantthiscardandonlyiwilluseit"
)

// freshCard is a credit card that was sent and waits to be signed for, as kept.
type freshCard struct {
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Tail   string `json:"tail"`
	Limit  string `json:"limit"`
	Fee    string `json:"fee"`
	SentOn string `json:"sent_on"`
}

// FreshCard is a credit card that waits to be signed for.
type FreshCard struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Tail   string `json:"tail"`
	Limit  string `json:"limit"`
}

// FreshCards is every one of a customer.
type FreshCards struct {
	Cards []FreshCard `json:"cards" nullable:"false"`
}

// FreshCardIn names one.
type FreshCardIn struct {
	CustomerIn
	Card string `json:"card" maxLength:"60"`
}

// ActivateQuote is what activating it means.
type ActivateQuote struct {
	Rate    string   `json:"rate" doc:"Per cent a year on what is not repaid"`
	Fee     string   `json:"fee" doc:"A year"`
	Refusal *Refusal `json:"refusal"`
}

// ActivateIn activates a card that was signed for, recorded and authorised.
type ActivateIn struct {
	CheckedIn
	Card      string `json:"card" maxLength:"60"`
	Copied    string `json:"copied" maxLength:"200" doc:"Both sentences, a ； between them"`
	Agreement string `json:"agreement" maxLength:"100" doc:"The hash of the signed agreement"`
}

// Activated is a card that works.
type Activated struct {
	Done
	Tail  string `json:"tail"`
	Limit string `json:"limit"`
}

func (b *Bank) freshRoutes(api huma.API) {
	read(b, api, "cards.fresh", "Credit cards that wait to be signed for", b.freshList)
	read(b, api, "cards.activate_quote", "What activating a credit card means", func(ctx context.Context, in FreshCardIn) (ActivateQuote, error) {
		c, err := b.customer(ctx, b.pool, in.Customer)
		if err != nil {
			return ActivateQuote{}, err
		}
		rows, err := recordsOf[freshCard](ctx, b, b.pool, in.Customer, "fresh_card")
		if err != nil {
			return ActivateQuote{}, err
		}
		i := slices.IndexFunc(rows, func(r record[freshCard]) bool { return r.ID == in.Card })
		if i < 0 {
			return ActivateQuote{}, unknownCard()
		}
		return ActivateQuote{Rate: freshRate, Fee: rows[i].Value.Fee, Refusal: b.judgeFresh(c, rows[i])}, nil
	})
	change(b, api, business{
		operation: "bank.card_activate", summary: "Activate a credit card that was signed for", level: "L4", bound: []string{"card", "copied", "agreement", "review", "second"},
		subject: b.freshSubject,
		secrets: []SecureField{
			{Name: "new_pin", Label: "交易密码", LabelEN: "PIN", Digits: 6},
			{Name: "new_pin_again", Label: "再输一次交易密码", LabelEN: "PIN again", Digits: 6},
		},
	}, b.cardActivate)
}

func (b *Bank) freshList(ctx context.Context, in CustomerIn) (FreshCards, error) {
	rows, err := recordsOf[freshCard](ctx, b, b.pool, in.Customer, "fresh_card")
	if err != nil {
		return FreshCards{}, err
	}
	out := FreshCards{Cards: []FreshCard{}}
	for _, r := range rows {
		if v := r.Value; r.Status == "sent" {
			out.Cards = append(out.Cards, FreshCard{ID: r.ID, Name: v.Name, NameEN: v.NameEN, Tail: v.Tail, Limit: v.Limit})
		}
	}
	return out, nil
}

// judgeFresh says what keeps a card from being activated.
func (b *Bank) judgeFresh(c customerRow, r record[freshCard]) *Refusal {
	now := b.now()
	switch {
	case r.Status != "sent":
		return refuse("card_active", "尾号"+r.Value.Tail+"的卡已经激活过，直接用就行。", "The card ending "+r.Value.Tail+" is active already.")
	case c.idExpired(now):
		return refuse("id_expired", "您留存的身份证件已过有效期，更新后再激活。", "Your identity document has expired. Update it first.")
	case r.Value.SentOn < now.AddDate(0, 0, -freshDays).Format(time.DateOnly):
		return refuse("card_lapsed", fmt.Sprintf("这张卡寄出超过%d天没有激活，已经作废，可以重新申请。", freshDays), fmt.Sprintf("It was sent more than %d days ago and has lapsed. You can apply anew.", freshDays))
	}
	return nil
}

func (b *Bank) freshSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, ok, err := recordOf[freshCard](ctx, b, tx, c.ID, "fresh_card", bound["card"])
	if err != nil || !ok {
		return "", orRefuse(err, unknownCard())
	}
	return "激活尾号" + r.Value.Tail + "的信用卡", nil
}

// copied takes punctuation and spaces off what was copied out, all but the mark
// between the two sentences.
func copied(s string) string {
	return strings.NewReplacer("，", "", "。", "", " ", "", ".", "", ",", "").Replace(strings.ToLower(s))
}

func (b *Bank) cardActivate(ctx context.Context, tx pgx.Tx, a act, in ActivateIn) (Activated, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Activated{}, err
	}
	r, ok, err := recordOf[freshCard](ctx, b, tx, in.Customer, "fresh_card", in.Card)
	if err != nil || !ok {
		return Activated{}, orRefuse(err, unknownCard())
	}
	if no := b.judgeFresh(customer, r); no != nil {
		return Activated{}, no
	}
	if got := copied(in.Copied); got != freshCopy && got != freshCopyEN {
		return Activated{}, refuse("copy_wrong", "抄录的句子有字不一样，请重新抄录。", "The sentences were not copied to the letter. Please copy them again.")
	}
	limit, err := amountOf("limit", r.Value.Limit)
	if err != nil {
		return Activated{}, err
	}
	p, err := b.checkedProof(ctx, tx, a, in.CheckedIn, true, map[string]string{"card": in.Card, "copied": in.Copied, "agreement": in.Agreement})
	if err != nil {
		return Activated{}, err
	}
	number, err := b.number(ctx, tx, "V", a.now)
	if err != nil {
		return Activated{}, err
	}
	v, account, card := r.Value, r.ID+"-A", r.ID+"-K"
	if _, err := tx.Exec(ctx, b.q("SeedAccount"), account, in.Customer, "credit", v.Name, v.NameEN, v.Tail, "CNY", "normal", "", 0, limit, freshPlace, "", "", 0, 0); err != nil {
		return Activated{}, fmt.Errorf("open the card's account: %w", err)
	}
	if _, err := tx.Exec(ctx, b.q("SeedCard"), card, in.Customer, account, "credit", v.Name, v.NameEN, v.Tail, "normal", p.PINSalt, p.PINHash, a.now, freshPlace); err != nil {
		return Activated{}, fmt.Errorf("open the card: %w", err)
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "active", v); err != nil {
		return Activated{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("您尾号%s的%s已激活，额度%s元。若非本人操作请立即联系我们。", v.Tail, v.Name, limit))
	return Activated{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: v.Name, NameEN: v.NameEN}, Tail: v.Tail, Limit: v.Limit}, nil
}
