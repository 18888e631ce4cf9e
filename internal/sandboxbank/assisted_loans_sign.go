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
	consumerMost = fen.Fen(300_000_00) // a consumer loan signed on video
	consumerRate = "4.20"              // per cent a year
)

// LoanSignAskIn asks what a contract would say.
type LoanSignAskIn struct {
	CustomerIn
	Amount  string `json:"amount" maxLength:"16"`
	Months  string `json:"months" enum:"12,24,36,60"`
	Purpose string `json:"purpose" maxLength:"20"`
}

// LoanSignQuote is what a contract would say.
type LoanSignQuote struct {
	Rate     string   `json:"rate"`
	Payment  string   `json:"payment" doc:"A month"`
	Interest string   `json:"interest" doc:"In all"`
	Refusal  *Refusal `json:"refusal"`
}

// LoanSignIn hands a signed contract in, after a recorded talk and an authorisation.
type LoanSignIn struct {
	CheckedIn
	Amount   string `json:"amount" maxLength:"16"`
	Months   string `json:"months" enum:"12,24,36,60"`
	Purpose  string `json:"purpose" maxLength:"20"`
	Account  string `json:"account" maxLength:"40"`
	Income   string `json:"income" maxLength:"20"`
	Contract string `json:"contract" maxLength:"100" doc:"The hash of the text that was signed"`
}

// LoanSigned is a contract that is in.
type LoanSigned struct {
	Done
	Amount  string `json:"amount"`
	Payment string `json:"payment"`
}

// signedLoan is a contract as kept; it is paid out after a review of its own.
type signedLoan struct {
	Amount   string `json:"amount"`
	Months   string `json:"months"`
	Purpose  string `json:"purpose"`
	Account  string `json:"account"`
	Income   string `json:"income"`
	Contract string `json:"contract"`
	Second   string `json:"second"`
}

func (b *Bank) assistedSignRoutes(api huma.API) {
	read(b, api, "loans.sign_quote", "What a loan contract would say", func(ctx context.Context, in LoanSignAskIn) (LoanSignQuote, error) {
		return b.judgeSign(ctx, b.pool, in)
	})
	change(b, api, business{
		operation: "bank.loan_sign", summary: "Hand a signed loan contract in", level: "L4", bound: []string{"amount", "months", "purpose", "account", "contract", "review", "second"},
		subject: func(_ context.Context, _ pgx.Tx, _ customerRow, bound map[string]string) (string, error) {
			return fmt.Sprintf("签订%s元、%s个月的贷款合同", bound["amount"], bound["months"]), nil
		},
	}, b.loanSign)
}

// judgeSign says what keeps a contract from being signed on video.
func (b *Bank) judgeSign(ctx context.Context, db querier, in LoanSignAskIn) (LoanSignQuote, error) {
	if _, err := b.customer(ctx, db, in.Customer); err != nil {
		return LoanSignQuote{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return LoanSignQuote{}, err
	}
	n := map[string]int{"12": 12, "24": 24, "36": 36, "60": 60}[in.Months]
	payment := instalment(amount, consumerRate, n)
	out := LoanSignQuote{Rate: consumerRate, Payment: payment.String(), Interest: (payment*fen.Fen(n) - amount).String()}
	loans, err := b.loansOf(ctx, db, in.Customer)
	if err != nil {
		return out, err
	}
	open, err := recordsOf[signedLoan](ctx, b, db, in.Customer, "loan_signed")
	if err != nil {
		return out, err
	}
	switch {
	case in.Purpose == "house":
		out.Refusal = refuse("house_branch", "住房类贷款要到网点面签，视频办不了。", "Home loans are signed at a branch, not by video.")
	case in.Purpose == "invest":
		out.Refusal = refuse("use_forbidden", "贷款不能用来炒股、买理财，这样的用途签不了。", "A loan can't be used for investing.")
	case amount > consumerMost:
		out.Refusal = refuse("too_much", fmt.Sprintf("个人消费贷最多%s元，可以少签一点。", consumerMost), fmt.Sprintf("A consumer loan is CNY %s at most; please sign for less.", consumerMost))
	}
	for _, l := range loans {
		if out.Refusal == nil && l.Status == "active" && l.Value.arrears() != nil {
			out.Refusal = l.Value.arrears()
		}
	}
	for _, s := range open {
		if out.Refusal == nil && s.Status == "signed" {
			out.Refusal = refuse("sign_open", "您已经有一份合同在等放款，办完再签新的。", "A contract of yours waits to be paid out already.")
		}
	}
	return out, nil
}

func (b *Bank) loanSign(ctx context.Context, tx pgx.Tx, a act, in LoanSignIn) (LoanSigned, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return LoanSigned{}, err
	}
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return LoanSigned{}, err
	}
	q, err := b.judgeSign(ctx, tx, LoanSignAskIn{CustomerIn: in.CustomerIn, Amount: in.Amount, Months: in.Months, Purpose: in.Purpose})
	if err != nil || q.Refusal != nil {
		return LoanSigned{}, orRefuse(err, q.Refusal)
	}
	if _, no, err := b.payingAccount(ctx, tx, customer, in.Account, false); err != nil || no != nil {
		return LoanSigned{}, orRefuse(err, no)
	}
	bound := map[string]string{"amount": amount.String(), "months": in.Months, "purpose": in.Purpose, "account": in.Account, "contract": in.Contract}
	if err := b.checked(ctx, tx, a, in.CheckedIn, true, bound); err != nil {
		return LoanSigned{}, err
	}
	number, err := b.number(ctx, tx, "S", a.now)
	if err != nil {
		return LoanSigned{}, err
	}
	kept := signedLoan{Amount: amount.String(), Months: in.Months, Purpose: in.Purpose, Account: in.Account, Income: in.Income, Contract: in.Contract, Second: in.Second}
	if err := b.addRecord(ctx, tx, a, in.Customer, "loan_signed", "signed-"+number, "signed", kept); err != nil {
		return LoanSigned{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("您的%s元贷款合同已提交，编号%s，放款前可以撤销。非本人操作请速联系我行。", amount, number))
	return LoanSigned{Done: Done{Number: number, Time: a.now.Format(time.RFC3339), Name: "个人消费贷", NameEN: "Consumer loan"}, Amount: amount.String(), Payment: q.Payment}, nil
}
