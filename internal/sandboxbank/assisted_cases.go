package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	disputeWithin = 120 // days after which a charge can't be disputed any more
	disputeAnswer = 30  // days until a dispute is answered
)

// DisputeAskIn asks whether a charge can be disputed.
type DisputeAskIn struct {
	CustomerIn
	Debit     string `json:"debit" maxLength:"40" doc:"The booking's number"`
	Reason    string `json:"reason" enum:"not_mine,not_received,no_refund,cancelled,wrong_amount,twice"`
	Contacted string `json:"contacted" enum:"yes,no,none" doc:"Whether the merchant was asked; none where it need not be"`
}

// DisputeQuote says what a dispute takes.
type DisputeQuote struct {
	Papers   string   `json:"papers"`
	PapersEN string   `json:"papers_en"`
	AnswerBy string   `json:"answer_by"`
	Refusal  *Refusal `json:"refusal"`
}

// DisputeOpenIn hands a dispute in, after a check on video.
type DisputeOpenIn struct {
	CheckedIn
	Debit     string `json:"debit" maxLength:"40"`
	Reason    string `json:"reason" enum:"not_mine,not_received,no_refund,cancelled,wrong_amount,twice"`
	Contacted string `json:"contacted" enum:"yes,no,none"`
	Shown     string `json:"shown" maxLength:"20" doc:"The sum on the paper"`
	Statement string `json:"statement" maxLength:"100" doc:"The hash of the signed statement"`
}

// Dispute is a dispute as it stands.
type Dispute struct {
	ID       string `json:"id"`
	Number   string `json:"number"`
	Time     string `json:"time"`
	Name     string `json:"name"`
	NameEN   string `json:"name_en"`
	Amount   string `json:"amount"`
	State    string `json:"state"`
	StateEN  string `json:"state_en"`
	AnswerBy string `json:"answer_by"`
}

func (d Dispute) number() string { return d.Number }

// Disputes is every dispute of a customer, oldest first.
type Disputes struct {
	Disputes []Dispute `json:"disputes" nullable:"false"`
}

// dispute is a dispute as kept.
type dispute struct {
	Number    string `json:"number"`
	Debit     string `json:"debit"`
	Name      string `json:"name"`
	NameEN    string `json:"name_en"`
	Amount    string `json:"amount"`
	Reason    string `json:"reason"`
	Contacted string `json:"contacted"`
	Shown     string `json:"shown"`
	Statement string `json:"statement"`
	At        string `json:"at"`
	AnswerBy  string `json:"answer_by"`
}

func (r dispute) view(id, status string) Dispute {
	out := Dispute{ID: id, Number: r.Number, Time: r.At, Name: r.Name, NameEN: r.NameEN, Amount: r.Amount, AnswerBy: r.AnswerBy}
	out.State, out.StateEN = "已受理，等收单行答复", "open, waiting for the merchant's bank"
	if status != "open" {
		out.State, out.StateEN = "已书面答复", "answered in writing"
	}
	return out
}

// assistedCaseRoutes serves disputes, certificates for abroad, new credit cards
// and accounts that somebody else got into.
func (b *Bank) assistedCaseRoutes(api huma.API) {
	read(b, api, "disputes.list", "A customer's disputes", b.disputesList)
	read(b, api, "disputes.quote", "What disputing a charge takes", func(ctx context.Context, in DisputeAskIn) (DisputeQuote, error) {
		q, _, err := b.judgeDispute(ctx, b.pool, in)
		return q, err
	})
	change(b, api, business{
		operation: "bank.dispute_open", summary: "Hand a dispute in, after a check by a person", level: "L4", bound: []string{"debit", "reason", "statement", "review"},
		subject: b.disputeSubject,
	}, b.disputeOpen)
	b.abroadRoutes(api)
	b.freshRoutes(api)
	b.takeoverRoutes(api)
}

func (b *Bank) disputesList(ctx context.Context, in CustomerIn) (Disputes, error) {
	rows, err := recordsOf[dispute](ctx, b, b.pool, in.Customer, "dispute")
	if err != nil {
		return Disputes{}, err
	}
	out := Disputes{Disputes: []Dispute{}}
	for _, r := range rows {
		out.Disputes = append(out.Disputes, r.Value.view(r.ID, r.Status))
	}
	return out, nil
}

// wentOut finds a booking of the last year that took money, by its number.
func (b *Bank) wentOut(ctx context.Context, db querier, customer, number string) (transactionRow, bool, error) {
	from := b.now().AddDate(-1, 0, 0)
	rows, err := many[transactionRow](ctx, b, db, "Transactions", customer, "", &from, (*time.Time)(nil), "", "out", fen.Fen(0), fen.Fen(0), "")
	for _, r := range rows {
		if r.Number == number {
			return r, true, nil
		}
	}
	return transactionRow{}, false, err
}

// judgeDispute says what keeps a charge from being disputed, and explains the charge.
func (b *Bank) judgeDispute(ctx context.Context, db querier, in DisputeAskIn) (DisputeQuote, Debit, error) {
	if _, err := b.customer(ctx, db, in.Customer); err != nil {
		return DisputeQuote{}, Debit{}, err
	}
	row, ok, err := b.wentOut(ctx, db, in.Customer, in.Debit)
	if err != nil || !ok {
		return DisputeQuote{}, Debit{}, orRefuse(err, refuse("debit_unknown", "没有查到这笔扣款，请重新选择。", "That charge was not found. Please choose again."))
	}
	known, err := recordsOf[merchant](ctx, b, db, in.Customer, "merchant")
	if err != nil {
		return DisputeQuote{}, Debit{}, err
	}
	mandates, err := recordsOf[mandate](ctx, b, db, in.Customer, "mandate")
	if err != nil {
		return DisputeQuote{}, Debit{}, err
	}
	open, err := recordsOf[dispute](ctx, b, db, in.Customer, "dispute")
	if err != nil {
		return DisputeQuote{}, Debit{}, err
	}
	d, now := b.debit(row, known, mandates), b.now()
	out := DisputeQuote{AnswerBy: now.AddDate(0, 0, disputeAnswer).Format(time.DateOnly)}
	out.Papers, out.PapersEN = disputePapers(in.Reason)
	switch {
	case d.Way == "transfer" || d.Way == "own":
		out.Refusal = refuse("dispute_transfer", "转账和还款是您自己发出的，不能拒付。转错了可以求助，被骗了马上止付。",
			"A transfer or repayment of your own can't be charged back. If it went wrong, ask for help; if it was a fraud, stop your money.")
	case now.AddDate(0, 0, -disputeWithin).After(row.BookedAt):
		out.Refusal = refuse("dispute_late", fmt.Sprintf("这笔超过%d天，过了拒付期限，可以找商户或消费者协会。", disputeWithin),
			fmt.Sprintf("It is more than %d days ago, too late for a chargeback. The merchant or a consumers' association may help.", disputeWithin))
	case in.Contacted == "no" && (in.Reason == "not_received" || in.Reason == "no_refund" || in.Reason == "cancelled"):
		out.Refusal = refuse("merchant_first", "这一类要先找商户，商户不处理再来提，请留好聊天记录。", "Ask the merchant first and keep the messages; come back if that is in vain.")
	}
	for _, r := range open {
		if r.Status == "open" && r.Value.Debit == in.Debit {
			out.Refusal = refuse("dispute_open", fmt.Sprintf("这笔已经受理，工单号%s，%s前答复，不用再提。", r.Value.Number, r.Value.AnswerBy),
				fmt.Sprintf("It is open already as %s and will be answered by %s.", r.Value.Number, r.Value.AnswerBy))
		}
	}
	return out, d, nil
}

// disputePapers is what shows a claim of that kind.
func disputePapers(reason string) (zh, en string) {
	switch reason {
	case "not_mine":
		return "卡片正面和当时在哪里的证明", "the front of the card and proof of where you were"
	case "not_received":
		return "订单和物流或商户的说明", "the order and its tracking or the merchant's word"
	case "no_refund":
		return "退货或退款承诺的记录", "the promise of the refund"
	case "cancelled":
		return "取消或退订的记录", "the proof that you cancelled"
	case "wrong_amount":
		return "小票或合同上的金额", "the receipt or contract with the sum"
	}
	return "两笔扣款和一份订单的记录", "both charges and the one order"
}

func (b *Bank) disputeSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	row, ok, err := b.wentOut(ctx, tx, c.ID, bound["debit"])
	if err != nil || !ok {
		return "", orRefuse(err, refuse("debit_unknown", "没有查到这笔扣款，请重新选择。", "That charge was not found. Please choose again."))
	}
	return fmt.Sprintf("对%s %s元提争议", row.Party, -row.AmountFen), nil
}

func (b *Bank) disputeOpen(ctx context.Context, tx pgx.Tx, a act, in DisputeOpenIn) (Dispute, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Dispute{}, err
	}
	q, d, err := b.judgeDispute(ctx, tx, DisputeAskIn{CustomerIn: in.CustomerIn, Debit: in.Debit, Reason: in.Reason, Contacted: in.Contacted})
	if err != nil || q.Refusal != nil {
		return Dispute{}, orRefuse(err, q.Refusal)
	}
	bound := map[string]string{"debit": in.Debit, "reason": in.Reason, "statement": in.Statement}
	if err := b.checked(ctx, tx, a, in.CheckedIn, false, bound); err != nil {
		return Dispute{}, err
	}
	number, err := b.number(ctx, tx, "J", a.now)
	if err != nil {
		return Dispute{}, err
	}
	kept := dispute{
		Number: number, Debit: in.Debit, Name: d.Name, NameEN: d.NameEN, Amount: d.Amount, Reason: in.Reason, Contacted: in.Contacted, Shown: in.Shown, Statement: in.Statement,
		At: a.now.Format(time.RFC3339), AnswerBy: q.AnswerBy,
	}
	if err := b.addRecord(ctx, tx, a, in.Customer, "dispute", "dispute-"+number, "open", kept); err != nil {
		return Dispute{}, err
	}
	b.told(a, customer, number, d.Name, fmt.Sprintf("您对%s %s元的争议已受理，工单号%s，%s前书面答复。", d.Name, d.Amount, number, q.AnswerBy))
	return kept.view("dispute-"+number, "open"), nil
}
