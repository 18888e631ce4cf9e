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
	alertEach = "0.01"             // from here on: every movement is told
	alertHigh = fen.Fen(50_000_00) // a reminder that starts above tells nothing of use
	alertSMS  = fen.Fen(2_00)      // text messages, a month
	smsFree   = "2027-01-01"       // from when they are free for everybody
	smsFreeAt = 65                 // the age from which they are free now
)

// alert is how a customer is told of what moves on an account, as kept. An
// account without one is told of in the app, every movement.
type alert struct {
	Account string `json:"account"`
	On      bool   `json:"on"`
	Channel string `json:"channel"` // app, sms or wechat
	From    string `json:"from"`
}

// receiver is a relative who is told as well. It is pending until the relative
// has said yes to the bank.
type receiver struct {
	Account string `json:"account"`
	Payee   string `json:"payee"`
	Name    string `json:"name"`
	Phone   string `json:"phone"`
	Number  string `json:"number"`
}

// Alert is an account with its reminder.
type Alert struct {
	ID        string `json:"id" doc:"The account"`
	Kind      string `json:"kind"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en"`
	Tail      string `json:"tail"`
	On        bool   `json:"on"`
	From      string `json:"from" doc:"The sum from which on it is told; 0.01 for every movement"`
	Way       string `json:"way" enum:"app,sms,wechat" doc:"The channel"`
	ChannelZH string `json:"channel_zh"`
	ChannelEN string `json:"channel_en"`
	State     string `json:"state" doc:"All of that in words"`
	StateEN   string `json:"state_en"`
}

// Receiver is a relative who is told of an account's movements, or was asked to be.
type Receiver struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Account string `json:"account"`
	Tail    string `json:"tail" doc:"Of the account"`
	Phone   string `json:"phone" doc:"Masked"`
	State   string `json:"state"`
	StateEN string `json:"state_en"`
	Number  string `json:"number"`
}

// Alerts is every reminder and who else receives one.
type Alerts struct {
	Alerts    []Alert    `json:"alerts" nullable:"false"`
	Receivers []Receiver `json:"receivers" nullable:"false"`
}

// AlertIn sets an account's reminder.
type AlertIn struct {
	CustomerIn
	Account    string `json:"account" maxLength:"40"`
	Channel    string `json:"channel" maxLength:"10" doc:"app, sms or wechat"`
	FromAmount string `json:"from_amount" maxLength:"16"`
	Reference  string `json:"reference,omitempty" maxLength:"100"`
}

// AlertQuote is what a reminder would cost; nothing has changed.
type AlertQuote struct {
	Fee       string   `json:"fee" doc:"A month"`
	ChannelZH string   `json:"channel_zh"`
	ChannelEN string   `json:"channel_en"`
	Refusal   *Refusal `json:"refusal"`
}

// AlertOffIn turns an account's reminder off.
type AlertOffIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Reference string `json:"reference" maxLength:"100"`
}

// AlertDone is a reminder that was changed.
type AlertDone struct {
	Number    string `json:"number"`
	Time      string `json:"time"`
	Tail      string `json:"tail"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en"`
	From      string `json:"from"`
	ChannelZH string `json:"channel_zh"`
	ChannelEN string `json:"channel_en"`
	Fee       string `json:"fee"`
}

func (d AlertDone) number() string { return d.Number }

// ReceiverIn asks for a relative to be told as well. Nothing is told to them but
// the question, until they have said yes to it.
type ReceiverIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Relative  string `json:"relative" maxLength:"40" doc:"A payee"`
	Phone     string `json:"phone" maxLength:"20"`
	Reference string `json:"reference" maxLength:"100"`
}

// ReceiverEndIn ends what a relative is told.
type ReceiverEndIn struct {
	CustomerIn
	Receiver  string `json:"receiver" maxLength:"60"`
	Reference string `json:"reference" maxLength:"100"`
}

// ReceiverDone is a relative who was asked or is told no more.
type ReceiverDone struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Name    string `json:"name"`
	Phone   string `json:"phone" doc:"Masked"`
	State   string `json:"state"`
	StateEN string `json:"state_en"`
}

func (d ReceiverDone) number() string { return d.Number }

func (b *Bank) alertRoutes(api huma.API) {
	read(b, api, "alerts.list", "Every account's reminder and which relatives are told as well", b.alertsList)
	read(b, api, "alerts.quote", "What a reminder would cost", b.alertQuote)
	change(b, api, business{operation: "bank.alert_set", summary: "Set an account's reminder", bound: []string{"account", "channel", "from_amount"}, subject: b.alertSubject}, b.alertSet)
	change(b, api, business{operation: "bank.alert_off", summary: "Turn an account's reminder off", bound: []string{"account"}, subject: b.alertOffSubject}, b.alertOff)
	change(b, api, business{operation: "bank.receiver_add", summary: "Ask a relative whether they will be told as well", bound: []string{"account", "relative", "phone"}, subject: b.receiverSubject}, b.receiverAdd)
	change(b, api, business{operation: "bank.receiver_end", summary: "End what a relative is told", bound: []string{"receiver"}, subject: b.receiverEndSubject}, b.receiverEnd)
}

func channelName(channel string) (zh, en string) {
	switch channel {
	case "app":
		return "手机银行", "the app"
	case "sms":
		return "短信", "text message"
	case "wechat":
		return "微信", "WeChat"
	}
	return "", ""
}

// alertOf is an account with its reminder, and the id of the record it is kept
// in; an account that never had one set has no record.
func (b *Bank) alertOf(ctx context.Context, db querier, customer, account string) (accountRow, alert, string, error) {
	a, ok, err := one[accountRow](ctx, b, db, "Account", account, customer)
	if err != nil || !ok {
		return a, alert{}, "", orRefuse(err, unknownAccount())
	}
	if !told(a.Kind) {
		return a, alert{}, "", refuse("alert_account", "尾号"+a.Tail+"的账户没有动账提醒，请换活期账户或信用卡。", "The account ending "+a.Tail+" has no alerts. Please choose a current account or a credit card.")
	}
	rows, err := recordsOf[alert](ctx, b, db, customer, "alert")
	if err != nil {
		return a, alert{}, "", err
	}
	for _, r := range rows {
		if r.Value.Account == account {
			return a, r.Value, r.ID, nil
		}
	}
	return a, alert{Account: account, On: true, Channel: "app", From: alertEach}, "", nil
}

// told says whether movements on a kind of account are told at all.
func told(kind string) bool { return slices.Contains([]string{"debit", "passbook", "credit"}, kind) }

func (b *Bank) alertsList(ctx context.Context, in CustomerIn) (Alerts, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return Alerts{}, err
	}
	accounts, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return Alerts{}, err
	}
	out := Alerts{Alerts: []Alert{}, Receivers: []Receiver{}}
	tails := map[string]string{}
	for _, a := range accounts {
		tails[a.ID] = a.Tail
		if !told(a.Kind) {
			continue
		}
		_, v, _, err := b.alertOf(ctx, b.pool, in.Customer, a.ID)
		if err != nil {
			return Alerts{}, err
		}
		one := Alert{ID: a.ID, Kind: a.Kind, Name: a.Name, NameEN: a.NameEN, Tail: a.Tail, On: v.On, From: v.From, Way: v.Channel}
		one.ChannelZH, one.ChannelEN = channelName(v.Channel)
		one.State, one.StateEN = v.state()
		out.Alerts = append(out.Alerts, one)
	}
	rows, err := recordsOf[receiver](ctx, b, b.pool, in.Customer, "alert_receiver")
	if err != nil {
		return Alerts{}, err
	}
	for _, r := range rows {
		if r.Status == "ended" {
			continue
		}
		one := Receiver{ID: r.ID, Name: r.Value.Name, Account: r.Value.Account, Tail: tails[r.Value.Account], Phone: maskPhone(r.Value.Phone), Number: r.Value.Number, State: "在收", StateEN: "receives them"}
		if r.Status == "pending" {
			one.State, one.StateEN = "等TA回复同意", "asked, has not answered yet"
		}
		out.Receivers = append(out.Receivers, one)
	}
	return out, nil
}

func (v alert) state() (zh, en string) {
	if !v.On {
		return "关着", "off"
	}
	zh, en = channelName(v.Channel)
	if v.From == alertEach {
		return zh + "，每一笔都提醒", en + ", every payment"
	}
	return zh + "，" + v.From + "元起提醒", en + ", from CNY " + v.From
}

// smsFee is what text messages cost a customer in a month.
func smsFee(c customerRow, channel string, now time.Time) fen.Fen {
	if channel != "sms" || c.age(now) >= smsFreeAt || now.Format(time.DateOnly) >= smsFree {
		return 0
	}
	return alertSMS
}

// alertJudge is what a reminder would cost, or why it can't be set.
func (b *Bank) alertJudge(ctx context.Context, db querier, c customerRow, account, channel, amount string) (accountRow, alert, string, fen.Fen, error) {
	a, v, id, err := b.alertOf(ctx, db, c.ID, account)
	if err != nil {
		return a, v, id, 0, err
	}
	from, err := amountOf("from_amount", amount)
	if err != nil {
		return a, v, id, 0, err
	}
	zh, _ := channelName(channel)
	links, err := recordsOf[struct{}](ctx, b, db, c.ID, "wechat_link")
	if err != nil {
		return a, v, id, 0, err
	}
	switch {
	case zh == "":
		return a, v, id, 0, refuse("alert_channel", "提醒只有手机银行、短信、微信三种，请重新选。", "Alerts come in the app, by text message or in WeChat. Please choose again.")
	case channel == "wechat" && len(links) == 0:
		return a, v, id, 0, refuse("alert_wechat", "您的微信还没有绑定我们银行，微信提醒发不出去。请先用手机银行或短信，绑定以后再换。",
			"Your WeChat is not linked to the bank yet, so nothing would arrive. Use the app or text messages until it is.")
	case from > alertHigh:
		return a, v, id, 0, refuse("alert_high", "起点最高设"+alertHigh.Yuan()+"，再高就等于没有提醒了，请说小一点的数。", "CNY "+alertHigh.String()+" is the highest start; above it nearly nothing would be told. Please name a smaller sum.")
	case v.On && v.Channel == channel && v.From == from.String():
		return a, v, id, 0, refuse("alert_same", "现在就是这样提醒的，不用再设。", "It is set like that already; there is nothing to do.")
	}
	return a, alert{Account: account, On: true, Channel: channel, From: from.String()}, id, smsFee(c, channel, b.now()), nil
}

func (b *Bank) alertQuote(ctx context.Context, in AlertIn) (AlertQuote, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return AlertQuote{}, err
	}
	var out AlertQuote
	out.ChannelZH, out.ChannelEN = channelName(in.Channel)
	_, _, _, fee, err := b.alertJudge(ctx, b.pool, c, in.Account, in.Channel, in.FromAmount)
	if err != nil && !isRefusal(err, &out.Refusal) {
		return AlertQuote{}, err
	}
	out.Fee = fee.String()
	return out, nil
}

func (b *Bank) alertSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	a, v, _, _, err := b.alertJudge(ctx, tx, c, bound["account"], bound["channel"], bound["from_amount"])
	if err != nil {
		return "", err
	}
	zh, _ := v.state()
	return "把尾号" + a.Tail + "的动账提醒设为" + zh, nil
}

func (b *Bank) alertSet(ctx context.Context, tx pgx.Tx, a act, in AlertIn) (AlertDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return AlertDone{}, orRefuse(err, unknownCustomer())
	}
	account, v, id, fee, err := b.alertJudge(ctx, tx, c, in.Account, in.Channel, in.FromAmount)
	if err != nil {
		return AlertDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"account": in.Account, "channel": in.Channel, "from_amount": v.From}); err != nil {
		return AlertDone{}, err
	}
	zh, _ := v.state()
	return b.alertKeep(ctx, tx, a, c, account, v, id, fee, "改为"+zh)
}

// alertKeep writes a reminder and tells the customer, wherever it went before.
func (b *Bank) alertKeep(ctx context.Context, tx pgx.Tx, a act, c customerRow, account accountRow, v alert, id string, fee fen.Fen, what string) (AlertDone, error) {
	number, err := b.number(ctx, tx, "A", a.now)
	if err != nil {
		return AlertDone{}, err
	}
	if id != "" {
		err = b.changeRecord(ctx, tx, a, id, "set", v)
	} else {
		err = b.addRecord(ctx, tx, a, c.ID, "alert", "alert-"+account.ID, "set", v)
	}
	if err != nil {
		return AlertDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: c.ID, Operation: a.operation, Number: number, AccountTail: account.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: c.ID, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的动账提醒已于%s%s，编号%s。若非本人操作请立即联系我们。", account.Tail, a.now.Format("1月2日15:04"), what, number),
	})
	out := AlertDone{Number: number, Time: a.now.Format(time.RFC3339), Tail: account.Tail, Name: account.Name, NameEN: account.NameEN, From: v.From, Fee: fee.String()}
	out.ChannelZH, out.ChannelEN = channelName(v.Channel)
	return out, nil
}

// alertOffJudge says whether a reminder may be turned off.
func (b *Bank) alertOffJudge(ctx context.Context, db querier, customer, account string) (accountRow, alert, string, error) {
	a, v, id, err := b.alertOf(ctx, db, customer, account)
	if err != nil {
		return a, v, id, err
	}
	guards, err := recordsOf[struct{}](ctx, b, db, customer, "elder_guard")
	if err != nil {
		return a, v, id, err
	}
	guarded := slices.ContainsFunc(guards, func(r record[struct{}]) bool { return r.Status == "active" })
	switch {
	case !v.On:
		return a, v, id, refuse("alert_is_off", "尾号"+a.Tail+"的动账提醒本来就关着，不用再关。", "The alerts of the account ending "+a.Tail+" are off already.")
	case guarded:
		return a, v, id, refuse("alert_guarded", "您开着长辈守护，动账提醒要一直开着。想关提醒，要您本人先刷脸关掉长辈守护，也可以请人工说明。",
			"Your guard for elders is on and needs the alerts. Switch the guard off with a face check first, or ask for a person.")
	}
	return a, v, id, nil
}

func (b *Bank) alertOffSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	a, _, _, err := b.alertOffJudge(ctx, tx, c.ID, bound["account"])
	if err != nil {
		return "", err
	}
	return "关掉尾号" + a.Tail + "的动账提醒", nil
}

func (b *Bank) alertOff(ctx context.Context, tx pgx.Tx, a act, in AlertOffIn) (AlertDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return AlertDone{}, orRefuse(err, unknownCustomer())
	}
	account, v, id, err := b.alertOffJudge(ctx, tx, in.Customer, in.Account)
	if err != nil {
		return AlertDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"account": in.Account}); err != nil {
		return AlertDone{}, err
	}
	v.On = false
	return b.alertKeep(ctx, tx, a, c, account, v, id, 0, "关闭")
}
