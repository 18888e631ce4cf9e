package sandboxbank

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// StatementIn asks for a stamped statement by e-mail.
type StatementIn struct {
	CustomerIn
	Account string `json:"account" maxLength:"40"`
	Months  string `json:"months" enum:"1,3,6,12"`
	Purpose string `json:"purpose" enum:"loan,visa,work,other"`
	Email   string `json:"email" maxLength:"100"`
}

// StatementQuote is what the statement would hold.
type StatementQuote struct {
	Entries int      `json:"entries"`
	From    string   `json:"from"`
	To      string   `json:"to"`
	Email   string   `json:"email" doc:"As it is written"`
	Hint    string   `json:"hint" doc:"The address probably meant; empty when nothing looks wrong"`
	Refusal *Refusal `json:"refusal"`
}

// StatementIssueIn orders the statement.
type StatementIssueIn struct {
	StatementIn
	Reference string `json:"reference" maxLength:"100"`
}

// StatementIssue is a statement that was sent.
type StatementIssue struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Entries int    `json:"entries"`
	Email   string `json:"email"`
	From    string `json:"from"`
	To      string `json:"to"`
}

func (s StatementIssue) number() string { return s.Number }

// documentRoutes serves receipts, statements and certificates.
func (b *Bank) documentRoutes(api huma.API) {
	read(b, api, "documents.statement_quote", "What a statement would hold", b.statementQuote)
	read(b, api, "documents.certificate_quote", "What a certificate means for the money", b.certificateQuote)
	change(b, api, business{
		operation: "bank.statement_issue", summary: "Send a stamped statement", bound: []string{"account", "months", "purpose", "email"}, subject: b.statementSubject,
	}, b.statementIssue)
	change(b, api, business{
		operation: "bank.certificate_issue", summary: "Issue a deposit certificate", bound: []string{"account", "amount", "kind", "until", "language"},
		subject: b.certificateSubject,
	}, b.certificateIssue)
}

var emailShape = regexp.MustCompile(`^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,10}$`)

// emailHint is the address that a slip of the hand was probably meant for.
func emailHint(email string) string {
	name, domain, _ := strings.Cut(strings.ToLower(email), "@")
	for wrong, right := range map[string]string{
		"qq.con": "qq.com", "qq.cm": "qq.com", "qq.cn": "qq.com", "163.con": "163.com", "136.com": "163.com", "126.con": "126.com",
		"gmial.com": "gmail.com", "gmail.con": "gmail.com", "gmai.com": "gmail.com", "outlok.com": "outlook.com", "hotmial.com": "hotmail.com", "sian.com": "sina.com",
	} {
		if domain == wrong {
			return name + "@" + right
		}
	}
	return ""
}

func (b *Bank) statementOf(ctx context.Context, db querier, in StatementIn) (accountRow, StatementQuote, error) {
	now := b.now()
	var months int
	if _, err := fmt.Sscanf(in.Months, "%d", &months); err != nil {
		return accountRow{}, StatementQuote{}, badField("months", in.Months, err)
	}
	from := midnight(now.AddDate(0, -months, 0))
	out := StatementQuote{From: from.Format(time.DateOnly), To: now.Format(time.DateOnly), Email: in.Email}
	account, ok, err := one[accountRow](ctx, b, db, "Account", in.Account, in.Customer)
	if err != nil || !ok {
		return account, out, orRefuse(err, unknownAccount())
	}
	if !emailShape.MatchString(in.Email) {
		out.Refusal = refuse("email_bad", "邮箱地址写得不对，应该像 name@example.com。", "That is no e-mail address; it should look like name@example.com.")
		return account, out, nil
	}
	out.Hint = emailHint(in.Email)
	rows, err := many[transactionRow](ctx, b, db, "Transactions", in.Customer, in.Account, &from, (*time.Time)(nil), "", "", fen.Fen(0), fen.Fen(0), "")
	if err != nil {
		return account, out, err
	}
	if out.Entries = len(rows); out.Entries == 0 {
		out.Refusal = refuse("statement_empty", "这个账户这段时间没有收支，开不了流水，请换个账户或期间。", "There are no bookings in that time. Choose another account or period.")
	}
	return account, out, nil
}

func (b *Bank) statementQuote(ctx context.Context, in StatementIn) (StatementQuote, error) {
	_, out, err := b.statementOf(ctx, b.pool, in)
	return out, err
}

func (b *Bank) statementSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	account, out, err := b.statementOf(ctx, tx, StatementIn{CustomerIn: CustomerIn{Customer: c.ID}, Account: bound["account"], Months: bound["months"], Email: bound["email"]})
	if err != nil || out.Refusal != nil {
		return "", orRefuse(err, out.Refusal)
	}
	return "把尾号" + account.Tail + "的流水发到" + bound["email"], nil
}

// statementIssue sends the file to the address and its password to the phone.
func (b *Bank) statementIssue(ctx context.Context, tx pgx.Tx, a act, in StatementIssueIn) (StatementIssue, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return StatementIssue{}, orRefuse(err, unknownCustomer())
	}
	account, quote, err := b.statementOf(ctx, tx, in.StatementIn)
	if err != nil || quote.Refusal != nil {
		return StatementIssue{}, orRefuse(err, quote.Refusal)
	}
	bound := map[string]string{"account": in.Account, "months": in.Months, "purpose": in.Purpose, "email": in.Email}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", bound); err != nil {
		return StatementIssue{}, err
	}
	number, err := b.number(ctx, tx, "S", a.now)
	if err != nil {
		return StatementIssue{}, err
	}
	out := StatementIssue{Number: number, Time: a.now.Format(time.RFC3339), Entries: quote.Entries, Email: in.Email, From: quote.From, To: quote.To}
	if err := b.addRecord(ctx, tx, a, in.Customer, "statement", number, "sent", out); err != nil {
		return StatementIssue{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.statement_issue", Number: number, AccountTail: account.Tail})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】流水%s已发到您的邮箱，文件打开密码%s，请勿告诉他人。", number, randomCode()),
	})
	return out, nil
}
