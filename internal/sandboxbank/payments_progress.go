package sandboxbank

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// sentTransfer is a transfer as the core answered it.
type sentTransfer struct {
	number  string
	receipt Receipt
	at      time.Time
}

// transit is a transfer whose way the core follows at another bank.
type transit struct {
	PayeeName   string `json:"payee_name"`
	Bank        string `json:"bank"`
	Amount      string `json:"amount"`
	AccountTail string `json:"account_tail"`
	SentOn      string `json:"sent_on"`
	State       string `json:"state"` // processing, returned, unknown, arrived
	Reason      string `json:"reason"`
	ReasonEN    string `json:"reason_en"`
}

// attempt is the last transfer that the core would not make for a customer.
type attempt struct {
	PayeeName string  `json:"payee_name"`
	Amount    string  `json:"amount"`
	At        string  `json:"at"`
	Refusal   Refusal `json:"refusal"`
}

// Progress is one transfer and how far it is.
type Progress struct {
	ID          string `json:"id"`
	Name        string `json:"name" doc:"The payee"`
	NameEN      string `json:"name_en"`
	Bank        string `json:"bank"`
	Amount      string `json:"amount"`
	AccountTail string `json:"account_tail"`
	On          string `json:"on" doc:"The day it was ordered"`
	State       string `json:"state" enum:"arrived,processing,returned,unknown,waiting,failed"`
	StateText   string `json:"state_text"`
	StateTextEN string `json:"state_text_en"`
	Text        string `json:"text" doc:"What is known, and what next"`
	TextEN      string `json:"text_en"`
	Helpable    bool   `json:"helpable" doc:"It went out, so that help with a mistake makes sense"`
}

// ProgressList is the transfers of the last thirty days, newest first.
type ProgressList struct {
	Transfers []Progress `json:"transfers" nullable:"false"`
}

// Why is why a customer can't transfer.
type Why struct {
	Found     bool   `json:"found" doc:"False: nothing stands in the way at present"`
	Code      string `json:"code"`
	Text      string `json:"text" doc:"Which transfer, and why"`
	TextEN    string `json:"text_en"`
	Next      string `json:"next" doc:"What lifts it"`
	NextEN    string `json:"next_en"`
	ByPerson  bool   `json:"by_person" doc:"Only a person can lift it"`
	PayeeName string `json:"payee_name"`
	Amount    string `json:"amount"`
}

// TransferHelpIn asks for help with a transfer that went wrong.
type TransferHelpIn struct {
	CustomerIn
	Transfer string `json:"transfer" maxLength:"60"`
	What     string `json:"what" enum:"person,amount,twice,other"`
}

// TransferHelp is the case that was opened.
type TransferHelp struct {
	Done
	Bank     string `json:"bank"`
	AnswerBy string `json:"answer_by" doc:"The day by which the customer hears of the payee's bank's answer"`
}

// helpCase is a transfer that the bank asks the payee's bank about.
type helpCase struct {
	Transfer string `json:"transfer"`
	What     string `json:"what"`
	AnswerBy string `json:"answer_by"`
}

func (b *Bank) progressRoutes(api huma.API) {
	read(b, api, "transfers.progress", "How far the latest transfers are", b.transfersProgress)
	read(b, api, "transfers.why", "Why the customer can't transfer", b.transfersWhy)
	change(b, api, business{operation: "bank.transfer_help", summary: "Ask the payee's bank about a transfer that went wrong"}, b.transferHelp)
}

func (b *Bank) sentLately(ctx context.Context, customer string, since time.Time) ([]sentTransfer, error) {
	type row struct {
		Number string
		Answer json.RawMessage
		At     time.Time
	}
	rows, err := many[row](ctx, b, b.pool, "TransfersDone", customer, since)
	if err != nil {
		return nil, err
	}
	out := make([]sentTransfer, 0, len(rows))
	for _, r := range rows {
		s := sentTransfer{number: r.Number, at: r.At}
		if err := json.Unmarshal(r.Answer, &s.receipt); err != nil {
			return nil, fmt.Errorf("read the receipt %s: %w", r.Number, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// attempted remembers the last transfer that would have been refused, so that
// the customer can ask why; one that may be made ends the question.
func (b *Bank) attempted(ctx context.Context, o order, no *Refusal, now time.Time) error {
	a := attempt{PayeeName: o.payee.Name, Amount: o.amount.String(), At: now.Format(time.RFC3339)}
	status := "ended"
	if no != nil {
		status, a.Refusal = "active", *no
	}
	return b.keepRecord(ctx, b.pool, now, o.customer.ID, "attempt", "AT-"+o.customer.ID, status, a)
}

func (b *Bank) transfersProgress(ctx context.Context, in CustomerIn) (ProgressList, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return ProgressList{}, err
	}
	if err := b.RunDue(ctx); err != nil {
		return ProgressList{}, err
	}
	return b.progressList(ctx, in)
}

// progressList is every transfer's progress, without running what is due.
func (b *Bank) progressList(ctx context.Context, in CustomerIn) (ProgressList, error) {
	waiting, err := b.schedulesOf(ctx, in)
	if err != nil {
		return ProgressList{}, err
	}
	now := b.now()
	sent, err := b.sentLately(ctx, in.Customer, now.AddDate(0, 0, -30))
	if err != nil {
		return ProgressList{}, err
	}
	out := ProgressList{Transfers: []Progress{}}
	for _, s := range sent {
		out.Transfers = append(out.Transfers, b.progressOf(s, now))
	}
	abroad, err := recordsOf[transit](ctx, b, b.pool, in.Customer, "transit")
	if err != nil {
		return ProgressList{}, err
	}
	for _, r := range abroad {
		out.Transfers = append(out.Transfers, r.Value.progress(r.ID))
	}
	for _, s := range waiting.Schedules {
		p := Progress{ID: s.ID, Name: s.Name, NameEN: s.NameEN, Amount: s.Amount, AccountTail: s.AccountTail, On: s.Next, State: "waiting", StateText: "还没到日子", StateTextEN: "Waiting for its day"}
		p.Text, p.TextEN = fmt.Sprintf("还没转出，%s那天转（%s）。", s.Next, s.When), fmt.Sprintf("It has not been sent yet; it runs on %s (%s).", s.Next, s.WhenEN)
		if s.Last != "" {
			p.State, p.StateText, p.StateTextEN = "failed", "上次没有转出", "Last run not sent"
			p.Text, p.TextEN = s.Last+"下次是"+s.Next+"。", s.LastEN+" Next on "+s.Next+"."
		}
		out.Transfers = append(out.Transfers, p)
	}
	return out, nil
}

// progressOf says of a transfer what the core knows: at this bank it has arrived;
// at another it was sent, and only that bank knows when it is credited.
func (b *Bank) progressOf(s sentTransfer, now time.Time) Progress {
	r := s.receipt
	p := Progress{
		ID: s.number, Name: r.PayeeName, NameEN: r.PayeeName, Bank: r.PayeeBank, Amount: r.Amount, AccountTail: r.AccountTail,
		On: s.at.In(b.cfg.Zone).Format(time.DateOnly), State: "arrived", StateText: "已到账", StateTextEN: "Arrived", Helpable: true,
	}
	at := s.at.In(b.cfg.Zone).Format("1月2日15:04")
	atEN := s.at.In(b.cfg.Zone).Format("2 Jan 15:04")
	switch {
	case r.PayeeBank == ownBank:
		p.Text, p.TextEN = at+"已经进了对方在我行的账户。", "It was credited to the payee's account with us at "+atEN+"."
	case now.Sub(s.at) < 2*time.Hour:
		p.State, p.StateText, p.StateTextEN = "processing", "对方银行处理中", "With the payee's bank"
		p.Text, p.TextEN = at+"已转出，送到"+r.PayeeBank+"了，对方银行还没回执。几点入账以对方银行为准，退回会短信告诉您。",
			"Sent at "+atEN+" and handed to the payee's bank, which has not confirmed it. When it is credited is up to that bank; you get a text message if it comes back."
	default:
		p.State, p.StateText, p.StateTextEN = "processing", "已送达对方银行", "Handed over"
		p.Text, p.TextEN = at+"已转出，"+r.PayeeBank+"没有退回。对方还没看到的话，请他问一下自己的银行，报回单号就能查。",
			"Sent at "+atEN+" and not returned. If the payee does not see it, they can ask their bank with the receipt number."
	}
	return p
}

func (t transit) progress(id string) Progress {
	p := Progress{ID: id, Name: t.PayeeName, NameEN: t.PayeeName, Bank: t.Bank, Amount: t.Amount, AccountTail: t.AccountTail, On: t.SentOn, State: t.State}
	switch t.State {
	case "returned":
		p.StateText, p.StateTextEN = "已退回", "Returned"
		p.Text, p.TextEN = "对方银行退回了，原因是"+t.Reason+"。钱已回到尾号"+t.AccountTail+"的账户，核对后可以重新转。",
			"The payee's bank returned it: "+t.ReasonEN+". The money is back in the account ending "+t.AccountTail+"; check the details and send it again."
	case "unknown":
		p.StateText, p.StateTextEN = "结果未知", "Not known yet"
		p.Text, p.TextEN = "结果还不知道：对方银行没有回执，我行正在查。请先不要再转一次，有结果会短信告诉您。",
			"The outcome is not known: the payee's bank has not answered and we are asking. Please do not send it again; you get a text message."
	case "processing":
		p.StateText, p.StateTextEN, p.Helpable = "对方银行处理中", "With the payee's bank", true
		p.Text, p.TextEN = "已转出，送到"+t.Bank+"了，对方银行还没回执。几点入账以对方银行为准，退回会短信告诉您。",
			"Sent and handed to the payee's bank, which has not confirmed it. When it is credited is up to that bank; you get a text message if it comes back."
	default:
		p.StateText, p.StateTextEN, p.Helpable = "已到账", "Arrived", true
		p.Text, p.TextEN = "对方银行已回执，钱已到账。", "The payee's bank confirmed that it was credited."
	}
	return p
}

// remedy is what lifts a refusal, and whether it takes a person.
func remedy(code string) (zh, en string, person bool) {
	switch code {
	case "frozen":
		return "冻结是有权机关办的，我行不能自己解。可以请人工告诉您联系哪个机关。", "It was ordered by an authority and only they can lift it. A person can tell you whom to contact.", true
	case "dormant":
		return "视频核实身份就能激活，带身份证。", "A short video check with your ID activates it.", true
	case "restricted":
		return "准备好用途说明，请人工视频核实后解除。别的账户不受影响。", "Have the purpose ready; a person reviews it by video. Your other accounts are not affected.", true
	case "id_expired":
		return "拿新身份证视频更新一下，马上恢复。", "Update it by video with your new document and transfers work again at once.", true
	case "card_lost":
		return "卡找到了可以视频解挂；没找到就补一张。", "If you found the card it can be released by video; otherwise order a new one.", false
	case "name_mismatch":
		return "请向对方核对户名和账号，重新添加收款人。来路不明的账号不要转。", "Check name and number with the payee and add them again.", false
	case "single_limit", "daily_limit":
		return "可以少转一些、明天再转，或说“调高限额”。", "Send less, wait until tomorrow, or say “raise my limit”.", false
	case "insufficient_balance":
		return "可以少转一些，或换个账户付。", "Send less or pay from another account.", false
	case "account_kind", "same_account", "account_unknown", "payee_unknown":
		return "换一个账户或收款人再试。", "Try another account or payee.", false
	case "paused":
		return "安全专席核实后就能恢复。", "The safety desk lifts it once it has been checked.", true
	case "duplicate":
		return "确实要再转一笔，重新发起时确认就行。", "If you mean to send it again, confirm that when you start over.", false
	}
	return "请人工看一下原因。", "A person can look into it.", true
}

// transfersWhy explains the last refusal from its code; without one, what of the
// customer's own would stop any transfer.
func (b *Bank) transfersWhy(ctx context.Context, in CustomerIn) (Why, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return Why{}, err
	}
	now := b.now()
	tried, err := recordsOf[attempt](ctx, b, b.pool, in.Customer, "attempt")
	if err != nil {
		return Why{}, err
	}
	for _, r := range tried {
		at, err := time.Parse(time.RFC3339, r.Value.At)
		if r.Status != "active" || err != nil || now.Sub(at) > failedWithin {
			continue
		}
		no := r.Value.Refusal
		return explained(&no, fmt.Sprintf("%s给%s转%s元没有转成：", at.In(b.cfg.Zone).Format("1月2日15:04"), r.Value.PayeeName, r.Value.Amount),
			fmt.Sprintf("CNY %s to %s on %s was not sent: ", r.Value.Amount, r.Value.PayeeName, at.In(b.cfg.Zone).Format("2 Jan 15:04")), r.Value), nil
	}
	accounts, err := many[accountRow](ctx, b, b.pool, "AccountsOf", in.Customer)
	if err != nil {
		return Why{}, err
	}
	if c, err = b.raised(ctx, b.pool, c); err != nil {
		return Why{}, err
	}
	// Nobody in particular and the smallest sum: what is left is the customer's own.
	probe := order{customer: c, amount: 1, limit: 1, payee: payeeRow{PaidCount: 1}}
	for _, account := range accounts {
		if probe.account = account; account.Kind != "debit" && account.Kind != "passbook" {
			continue
		}
		no, err := b.judge(ctx, b.pool, probe, now)
		if err != nil {
			return Why{}, err
		}
		if no != nil {
			return explained(no, "", "", attempt{}), nil
		}
	}
	return Why{}, nil
}

func explained(no *Refusal, lead, leadEN string, a attempt) Why {
	w := Why{Found: true, Code: no.Code, Text: lead + no.Text, TextEN: leadEN + no.TextEN, PayeeName: a.PayeeName, Amount: a.Amount}
	w.Next, w.NextEN, w.ByPerson = remedy(no.Code)
	return w
}

// transferHelp opens a case. It promises an answer, never the money.
func (b *Bank) transferHelp(ctx context.Context, tx pgx.Tx, a act, in TransferHelpIn) (TransferHelp, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return TransferHelp{}, err
	}
	all, err := b.progressList(ctx, in.CustomerIn)
	if err != nil {
		return TransferHelp{}, err
	}
	var p Progress
	for _, x := range all.Transfers {
		if x.ID == in.Transfer {
			p = x
		}
	}
	switch {
	case p.ID == "":
		return TransferHelp{}, refuse("transfer_unknown", "没有查到这笔转账，请重新选择。", "That transfer was not found. Please choose again.")
	case p.State == "waiting" || p.State == "failed":
		return TransferHelp{}, refuse("not_sent_yet", "这笔还没转出，直接撤销就行，不用联系收款行。", "It has not been sent; simply revoke it.")
	case p.State == "returned":
		return TransferHelp{}, refuse("already_returned", "这笔已经被退回，钱回到您账户了。", "It was returned and the money is back in your account.")
	}
	cases, err := recordsOf[helpCase](ctx, b, tx, in.Customer, "transfer_help")
	if err != nil {
		return TransferHelp{}, err
	}
	for _, c := range cases {
		if c.Status == "active" && c.Value.Transfer == in.Transfer {
			return TransferHelp{}, refuse("case_open", "这笔已经登记过，编号"+c.ID+"，"+c.Value.AnswerBy+"前给您答复，不用重复登记。",
				"It is registered already as "+c.ID+"; you hear from us by "+c.Value.AnswerBy+".")
		}
	}
	number, err := b.number(ctx, tx, "Z", a.now)
	if err != nil {
		return TransferHelp{}, err
	}
	by := a.now
	for days := 0; days < 3; {
		if by = by.AddDate(0, 0, 1); by.Weekday() != time.Saturday && by.Weekday() != time.Sunday {
			days++
		}
	}
	answerBy := by.Format(time.DateOnly)
	if err := b.addRecord(ctx, tx, a, in.Customer, "transfer_help", number, "active", helpCase{Transfer: in.Transfer, What: in.What, AnswerBy: answerBy}); err != nil {
		return TransferHelp{}, err
	}
	b.told(a, customer, number, p.Name, fmt.Sprintf("已登记您给%s的转账%s元的求助，编号%s，%s前答复。我行会联系收款行，退不退由对方决定。", p.Name, p.Amount, number, answerBy))
	return TransferHelp{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: p.Name, NameEN: p.NameEN}, Bank: p.Bank, AnswerBy: answerBy}, nil
}
