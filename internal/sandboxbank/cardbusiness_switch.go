package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

const (
	abroadMost  = 90 // days that payments abroad may be open at once
	abroadUsual = 30
	noEnd       = "none"
)

// cardSwitches are what a card may do. Lock is on while the card is paused.
type cardSwitches struct {
	Lock        bool   `json:"lock"`
	Abroad      bool   `json:"abroad"`
	Online      bool   `json:"online"`
	Night       bool   `json:"night"`
	Small       bool   `json:"small"`
	AbroadUntil string `json:"abroad_until,omitempty"`
}

// usual is a card nobody has changed.
func usual() cardSwitches { return cardSwitches{Online: true, Night: true, Small: true} }

func (s *cardSwitches) of(name string) *bool {
	switch name {
	case "lock":
		return &s.Lock
	case "abroad":
		return &s.Abroad
	case "online":
		return &s.Online
	case "night":
		return &s.Night
	default:
		return &s.Small
	}
}

func switchName(name string) (zh, en string) {
	switch name {
	case "lock":
		return "锁卡", "card lock"
	case "abroad":
		return "境外交易", "use abroad"
	case "online":
		return "网上支付", "online payments"
	case "night":
		return "夜间交易（22点至6点）", "payments at night (22:00 to 6:00)"
	default:
		return "小额免密", "small payments without PIN"
	}
}

// CardSwitchIn names a switch of a card.
type CardSwitchIn struct {
	CustomerIn
	Card   string `json:"card" maxLength:"40"`
	Switch string `json:"switch" enum:"lock,abroad,online,night,small"`
	Turn   string `json:"turn" enum:"on,off"`
	Until  string `json:"until,omitempty" maxLength:"10" doc:"Last day; only for abroad, 30 days when left out"`
}

// CardSwitchQuote is what would follow; nothing has changed.
type CardSwitchQuote struct {
	Name    string   `json:"name"`
	NameEN  string   `json:"name_en"`
	Protect bool     `json:"protect" doc:"It only protects: no step-up"`
	Effect  string   `json:"effect"`
	EffEN   string   `json:"effect_en"`
	Until   string   `json:"until" doc:"A day, or none"`
	Same    bool     `json:"same" doc:"It is so already"`
	Locked  bool     `json:"locked"`
	Refusal *Refusal `json:"refusal"`
}

// CardSwitchAct changes a switch: bank.card_protect the way that protects,
// bank.card_open the other.
type CardSwitchAct struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Switch    string `json:"switch" enum:"lock,abroad,online,night,small"`
	Until     string `json:"until,omitempty" maxLength:"10"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// CardSwitchDone is a switch that was changed.
type CardSwitchDone struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Tail   string `json:"tail"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	Until  string `json:"until"`
}

func (r CardSwitchDone) number() string { return r.Number }

// CardSwitch is a switch with how it stands, for a list.
type CardSwitch struct {
	Card   string `json:"card"`
	Tail   string `json:"tail"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
	On     bool   `json:"on"`
	Until  string `json:"until"`
}

// CardSwitches is every switch of every card.
type CardSwitches struct {
	Switches []CardSwitch `json:"switches" nullable:"false"`
}

func (b *Bank) switchRoutes(api huma.API) {
	read(b, api, "cards.switches", "Every switch of every card", b.cardSwitchesList)
	read(b, api, "cards.switch_quote", "What changing a switch would do", b.switchQuote)
	change(b, api, business{operation: "bank.card_protect", summary: "Lock a card or close one of its uses; at once, without a step-up"},
		func(ctx context.Context, tx pgx.Tx, a act, in CardSwitchAct) (CardSwitchDone, error) {
			return b.turnSwitch(ctx, tx, a, in, true)
		})
	change(b, api, business{
		operation: "bank.card_open", summary: "Unlock a card or open one of its uses", bound: []string{"card", "switch", "until"}, subject: b.switchSubject,
	}, func(ctx context.Context, tx pgx.Tx, a act, in CardSwitchAct) (CardSwitchDone, error) {
		return b.turnSwitch(ctx, tx, a, in, false)
	})
}

// switchesOf reads a card's switches; what was open until a day that has passed
// is closed.
func (b *Bank) switchesOf(ctx context.Context, db querier, customer, card string) (cardSwitches, string, error) {
	rows, err := recordsOf[cardSwitches](ctx, b, db, customer, "card_switch")
	if err != nil {
		return cardSwitches{}, "", err
	}
	for _, r := range rows {
		if r.ID == "SW-"+card {
			v := r.Value
			if v.Abroad && v.AbroadUntil != "" && v.AbroadUntil < b.now().Format(time.DateOnly) {
				v.Abroad, v.AbroadUntil = false, ""
			}
			return v, r.ID, nil
		}
	}
	return usual(), "", nil
}

func (b *Bank) cardSwitchesList(ctx context.Context, in CustomerIn) (CardSwitches, error) {
	cards, err := many[cardRow](ctx, b, b.pool, "CardsOf", in.Customer)
	if err != nil {
		return CardSwitches{}, err
	}
	out := CardSwitches{Switches: []CardSwitch{}}
	for _, card := range cards {
		s, _, err := b.switchesOf(ctx, b.pool, in.Customer, card.ID)
		if err != nil {
			return CardSwitches{}, err
		}
		for _, name := range []string{"lock", "abroad", "online", "night", "small"} {
			zh, en := switchName(name)
			one := CardSwitch{Card: card.ID, Tail: card.Tail, Name: zh, NameEN: en, On: *s.of(name)}
			if name == "abroad" && one.On {
				one.Until = s.AbroadUntil
			}
			out.Switches = append(out.Switches, one)
		}
	}
	return out, nil
}

// untilOf is the last day of what is opened, or none.
func (b *Bank) untilOf(name string, protect bool, until string, now time.Time) (string, *Refusal) {
	if name != "abroad" || protect {
		return noEnd, nil
	}
	if until == "" || until == noEnd {
		return now.AddDate(0, 0, abroadUsual).Format(time.DateOnly), nil
	}
	day, err := time.ParseInLocation(time.DateOnly, until, b.cfg.Zone)
	if days := daysTo(day, now); err != nil || days < 0 || days > abroadMost {
		return "", refuse("until_far", fmt.Sprintf("境外交易一次最多开%d天，请换一个今天以后、%s以前的日子。", abroadMost, now.AddDate(0, 0, abroadMost).Format("1月2日")),
			fmt.Sprintf("Use abroad is open for %d days at most. Please choose an earlier day.", abroadMost))
	}
	return until, nil
}

func switchRefusal(card cardRow, s cardSwitches, name string, protect bool) *Refusal {
	switch {
	case card.Status == "lost" || card.Status == "captured":
		return refuse("card_lost", "尾号"+card.Tail+"的卡已经挂失停用，开关不用再动；要用得补卡或解除挂失。", "The card ending "+card.Tail+" is out of use; replace it or have it released first.")
	case s.Lock && name != "lock" && !protect:
		return refuse("card_paused", "尾号"+card.Tail+"的卡锁着，先解锁才能开别的。", "The card ending "+card.Tail+" is locked. Unlock it first.")
	}
	return nil
}

// protects says whether a turn closes something: a lock protects when it is on,
// everything else when it is off.
func protects(name, turn string) bool { return (name == "lock") == (turn == "on") }

func (b *Bank) switchQuote(ctx context.Context, in CardSwitchIn) (CardSwitchQuote, error) {
	card, ok, err := one[cardRow](ctx, b, b.pool, "Card", in.Card, in.Customer)
	if err != nil || !ok {
		return CardSwitchQuote{}, orRefuse(err, unknownCard())
	}
	s, _, err := b.switchesOf(ctx, b.pool, in.Customer, in.Card)
	if err != nil {
		return CardSwitchQuote{}, err
	}
	out := CardSwitchQuote{Protect: protects(in.Switch, in.Turn), Locked: s.Lock, Same: *s.of(in.Switch) == (in.Turn == "on")}
	out.Name, out.NameEN = switchName(in.Switch)
	until, no := b.untilOf(in.Switch, out.Protect, in.Until, b.now())
	if out.Until, out.Refusal = until, no; no == nil {
		out.Refusal = switchRefusal(card, s, in.Switch, out.Protect)
	}
	out.Effect, out.EffEN = switchEffect(in.Switch, out.Protect)
	return out, nil
}

func switchEffect(name string, protect bool) (zh, en string) {
	switch {
	case name == "lock" && protect:
		return "刷卡、取钱、网上付都停，收钱和代扣照常；随时自己能解", "payments and withdrawals stop; money still comes in and direct debits go on; you can unlock it any time"
	case name == "lock":
		return "马上恢复刷卡、取钱和网上付", "payments and withdrawals work again at once"
	case name == "abroad" && protect:
		return "在境外刷不了、取不了", "it can't be used abroad"
	case name == "abroad":
		return "到期那天自动关上", "it closes by itself on the last day"
	case name == "online" && protect:
		return "网上和绑定的支付软件付不了，已签的代扣照常", "no online or wallet payments; direct debits go on"
	case name == "online":
		return "网上和支付软件可以付", "online and wallet payments work"
	case name == "night" && protect:
		return "22点到6点刷不了、取不了", "nothing from 22:00 to 6:00"
	case name == "night":
		return "夜里也能刷、能取", "it also works at night"
	case protect:
		return "以后多小的数都要输密码", "every payment asks for the PIN, however small"
	}
	return "单笔1000元、一天3000元以内不用密码", "no PIN up to CNY 1,000 each and 3,000 a day"
}

func (b *Bank) switchSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	card, ok, err := one[cardRow](ctx, b, tx, "Card", bound["card"], customer.ID)
	if err != nil || !ok {
		return "", orRefuse(err, unknownCard())
	}
	if bound["switch"] == "lock" {
		return "解锁尾号" + card.Tail + "的卡", nil
	}
	name, _ := switchName(bound["switch"])
	return "打开尾号" + card.Tail + "的卡的" + name, nil
}

func (b *Bank) turnSwitch(ctx context.Context, tx pgx.Tx, a act, in CardSwitchAct, protect bool) (CardSwitchDone, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return CardSwitchDone{}, orRefuse(err, unknownCustomer())
	}
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	if err != nil || !ok {
		return CardSwitchDone{}, orRefuse(err, unknownCard())
	}
	s, id, err := b.switchesOf(ctx, tx, in.Customer, in.Card)
	if err != nil {
		return CardSwitchDone{}, err
	}
	if no := switchRefusal(card, s, in.Switch, protect); no != nil {
		return CardSwitchDone{}, no
	}
	on := (in.Switch == "lock") == protect
	if *s.of(in.Switch) == on {
		return CardSwitchDone{}, refuse("switch_same", "已经是这样了，不用再办。", "It is so already; there is nothing to do.")
	}
	until, no := b.untilOf(in.Switch, protect, in.Until, a.now)
	if no != nil {
		return CardSwitchDone{}, no
	}
	if !protect {
		if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"card": in.Card, "switch": in.Switch, "until": in.Until}); err != nil {
			return CardSwitchDone{}, err
		}
	}
	*s.of(in.Switch) = on
	if in.Switch == "abroad" {
		if s.AbroadUntil = ""; on {
			s.AbroadUntil = until
		}
	}
	if id == "" {
		err = b.addRecord(ctx, tx, a, in.Customer, "card_switch", "SW-"+in.Card, "set", s)
	} else {
		err = b.changeRecord(ctx, tx, a, id, "set", s)
	}
	if err != nil {
		return CardSwitchDone{}, err
	}
	number, err := b.number(ctx, tx, "W", a.now)
	if err != nil {
		return CardSwitchDone{}, err
	}
	zh, en := switchName(in.Switch)
	word := "关闭"
	if on {
		word = "打开"
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, AccountTail: card.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的卡已于%s%s%s，编号%s。", card.Tail, a.now.Format("1月2日15:04"), word, zh, number),
	})
	return CardSwitchDone{Number: number, Time: a.now.Format(time.RFC3339), Tail: card.Tail, Name: zh, NameEN: en, Until: until}, nil
}
