package sandboxbank

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// LoanChangeIn changes the repayment day (value 1 to 28) or account (value its id).
type LoanChangeIn struct {
	CustomerIn
	Loan      string `json:"loan" maxLength:"60"`
	What      string `json:"what" enum:"day,account"`
	Value     string `json:"value" maxLength:"40"`
	Reference string `json:"reference,omitempty" maxLength:"100"`
}

// LoanChange is what changes, and what stays this month.
type LoanChange struct {
	Number    string   `json:"number"`
	Time      string   `json:"time"`
	Name      string   `json:"name"`
	NameEN    string   `json:"name_en"`
	Value     string   `json:"value" doc:"The value in its one spelling"`
	Before    string   `json:"before"`
	BeforeEN  string   `json:"before_en"`
	After     string   `json:"after"`
	AfterEN   string   `json:"after_en"`
	ThisMonth string   `json:"this_month" doc:"When and from where the next instalment is taken"`
	ThisEN    string   `json:"this_month_en"`
	Starts    string   `json:"starts" doc:"The first day under the change"`
	Refusal   *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

func (l LoanChange) number() string { return l.Number }

func (b *Bank) loanChangeQuote(ctx context.Context, in LoanChangeIn) (LoanChange, error) {
	customer, ok, err := one[customerRow](ctx, b, b.pool, "Customer", in.Customer)
	if err != nil || !ok {
		return LoanChange{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.loanOf(ctx, b.pool, in.Customer, in.Loan)
	if err != nil {
		return LoanChange{}, err
	}
	out, _, err := b.changing(ctx, b.pool, customer, r, in.What, in.Value)
	return out, err
}

// changing judges a change and gives the loan as it would be.
func (b *Bank) changing(ctx context.Context, db querier, customer customerRow, r record[loan], what, value string) (LoanChange, loan, error) {
	l, now := r.Value, b.now()
	out := LoanChange{Name: l.Name, NameEN: l.NameEN, Value: value}
	due, err := time.Parse(time.DateOnly, l.NextDue)
	if err != nil {
		return out, l, fmt.Errorf("read loan %s: %w", r.ID, err)
	}
	old, _, err := one[accountRow](ctx, b, db, "Account", l.PayAccount, customer.ID)
	if err != nil {
		return out, l, err
	}
	out.Refusal = l.arrears()
	if what == "account" {
		a, no, err := b.payingAccount(ctx, db, customer, value, true)
		if err != nil {
			return out, l, err
		}
		out.Before, out.BeforeEN, out.After, out.AfterEN = "尾号"+old.Tail, "ending "+old.Tail, "尾号"+a.Tail, "ending "+a.Tail
		out.Starts = now.AddDate(0, 0, 1).Format(time.DateOnly)
		out.ThisMonth, out.ThisEN = l.NextDue+"这一期就从尾号"+a.Tail+"扣", "the instalment of "+l.NextDue+" is taken from the account ending "+a.Tail
		if daysBetween(now, due) < 1 {
			out.ThisMonth, out.ThisEN = "今天这一期还从尾号"+old.Tail+"扣，下一期起换", "today's instalment still comes from the account ending "+old.Tail
		}
		switch {
		case out.Refusal != nil:
		case no != nil:
			out.Refusal = no
		case a.Kind != "debit":
			out.Refusal = refuse("account_kind", "还款账户要用本人的借记卡，存折不行，请换一张卡。", "The account that repays must be a debit card of your own. Please choose another.")
		case a.ID == l.PayAccount:
			out.Refusal = refuse("unchanged", "现在就是从尾号"+a.Tail+"扣款，不用改。", "It is paid from the account ending "+a.Tail+" already.")
		}
		l.PayAccount = value
		return out, l, nil //nolint:nilerr // a refusal is the answer, not a fault
	}
	day, err := strconv.Atoi(strings.TrimSuffix(value, ".00"))
	out.Value = strconv.Itoa(day)
	out.Before, out.BeforeEN = fmt.Sprintf("每月%d日", due.Day()), fmt.Sprintf("day %d", due.Day())
	out.After, out.AfterEN = fmt.Sprintf("每月%d日", day), fmt.Sprintf("day %d", day)
	first := due.AddDate(0, 1, day-due.Day())
	out.Starts = first.Format(time.DateOnly)
	out.ThisMonth, out.ThisEN = "下一期还在"+l.NextDue+"扣，"+out.Starts+"起按新日子", "the next instalment is still taken on "+l.NextDue+"; the new day begins on "+out.Starts
	switch {
	case out.Refusal != nil:
	case err != nil || day < 1 || day > 28:
		out.Refusal = refuse("day_range", "还款日要在每月1日到28日之间选。", "The day must be between 1 and 28.")
	case day == due.Day():
		out.Refusal = refuse("unchanged", fmt.Sprintf("现在就是每月%d日还款，不用改。", day), fmt.Sprintf("Day %d is the repayment day already.", day))
	case l.DayChanged != "" && l.DayChanged > now.AddDate(-1, 0, 0).Format(time.DateOnly):
		out.Refusal = refuse("changed_this_year", "还款日一年只能改一次，上次是"+l.DayChanged+"改的，满一年再改。", "The day can be changed once a year; it was changed on "+l.DayChanged+".")
	}
	l.DayChanged, l.NewDay = now.Format(time.DateOnly), day
	return out, l, nil //nolint:nilerr // a refusal is the answer, not a fault
}

func (b *Bank) loanChangeSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	r, err := b.loanOf(ctx, tx, customer.ID, bound["loan"])
	if err != nil {
		return "", err
	}
	out, _, err := b.changing(ctx, tx, customer, r, bound["what"], bound["value"])
	if err != nil {
		return "", err
	}
	if bound["what"] == "account" {
		return r.Value.Name + "还款账户改为" + out.After, nil
	}
	return r.Value.Name + "还款日改为" + out.After, nil
}

func (b *Bank) loanChange(ctx context.Context, tx pgx.Tx, a act, in LoanChangeIn) (LoanChange, error) {
	customer, r, err := b.lockLoan(ctx, tx, in.Customer, in.Loan)
	if err != nil {
		return LoanChange{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"loan": in.Loan, "what": in.What, "value": in.Value}); err != nil {
		return LoanChange{}, err
	}
	out, changed, err := b.changing(ctx, tx, customer, r, in.What, in.Value)
	if err != nil {
		return LoanChange{}, err
	}
	if out.Refusal != nil {
		return LoanChange{}, out.Refusal
	}
	if out.Number, err = b.number(ctx, tx, "D", a.now); err != nil {
		return LoanChange{}, err
	}
	out.Time = a.now.Format(time.RFC3339)
	if err := b.changeRecord(ctx, tx, a, r.ID, r.Status, changed); err != nil {
		return LoanChange{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: out.Number})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】%s还款由%s改为%s，%s，编号%s。", r.Value.Name, out.Before, out.After, out.ThisMonth, out.Number),
	})
	return out, nil
}

// PrecheckIn is a wish for a loan in the customer's own figures.
type PrecheckIn struct {
	CustomerIn
	Purpose string `json:"purpose" enum:"consume,shop,farm,house,invest"`
	Amount  string `json:"amount" maxLength:"20"`
	Term    string `json:"term" maxLength:"10"`
	Income  string `json:"income" maxLength:"20" doc:"A month, or what the business leaves"`
}

// Precheck is a first look. It promises nothing.
type Precheck struct {
	Fit       string   `json:"fit" enum:"fits,tight,no"`
	Product   string   `json:"product"`
	ProductEN string   `json:"product_en"`
	Payment   string   `json:"payment" doc:"A month, by the highest rate"`
	Rates     string   `json:"rates"`
	Papers    string   `json:"papers"`
	PapersEN  string   `json:"papers_en"`
	Why       string   `json:"why" doc:"What is against it; empty when nothing is"`
	WhyEN     string   `json:"why_en"`
	Next      string   `json:"next" enum:"interview,visit,village,branch" doc:"Who looks at it next"`
	Refusal   *Refusal `json:"refusal" doc:"Why it would be refused; null when it would not"`
}

func (b *Bank) loanPrecheck(ctx context.Context, in PrecheckIn) (Precheck, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return Precheck{}, err
	}
	income, err := amountOf("income", in.Income)
	if err != nil {
		return Precheck{}, err
	}
	customer, ok, err := one[customerRow](ctx, b, b.pool, "Customer", in.Customer)
	if err != nil || !ok {
		return Precheck{}, orRefuse(err, unknownCustomer())
	}
	loans, err := b.loansList(ctx, in.CustomerIn)
	if err != nil {
		return Precheck{}, err
	}
	out := Precheck{Fit: "fits", Payment: "0.00"}
	most, rate, longest := fen.Fen(300_000_00), "4.20", 60
	switch in.Purpose {
	case "shop":
		most, rate, longest = 3_000_000_00, "4.35", 36
		out.Product, out.ProductEN, out.Rates, out.Next = "小微经营贷", "small business loan", "3.45%—4.35%", "visit"
		out.Papers, out.PapersEN = "身份证、营业执照、近六个月流水、经营场所证明", "ID, business licence, six months of account statements, proof of premises"
	case "farm":
		most, rate, longest = 300_000_00, "4.35", 36
		out.Product, out.ProductEN, out.Rates, out.Next = "农户贷款", "farmer loan", "3.65%—4.35%", "village"
		out.Papers, out.PapersEN = "身份证、土地或养殖证明、用途说明", "ID, proof of land or stock, what the money is for"
	case "house":
		most, rate, longest = 10_000_000_00, "3.15", 360
		out.Product, out.ProductEN, out.Rates, out.Next = "住房贷款", "home mortgage", "3.05%—3.35%", "branch"
		out.Papers, out.PapersEN = "身份证、购房合同、首付凭证、收入证明", "ID, purchase contract, proof of down payment, proof of income"
	case "invest":
		out.Fit, out.Refusal = "no", refuse("use_forbidden", "贷款不能用来炒股、买理财或付首付，这样的用途办不了。有别的正当用途可以再说。",
			"A loan can't be used for shares, investments or a down payment. If it is for something else, tell me.")
		return out, nil
	default:
		out.Product, out.ProductEN, out.Rates, out.Next = "个人消费贷", "consumer loan", "3.20%—4.20%", "interview"
		out.Papers, out.PapersEN = "身份证、收入证明或工资流水、用途证明", "ID, proof of income, proof of what it is for"
	}
	term := months(in.Term)
	if term == 0 {
		return Precheck{}, badField("term", in.Term, fmt.Errorf("must be months or years"))
	}
	payment := instalment(amount, rate, min(term, longest))
	out.Payment = payment.String()
	owes, behind := payment, false
	for _, l := range loans.Loans {
		n, err := amountOf("next_amount", l.NextAmount)
		if err != nil {
			return Precheck{}, err
		}
		owes += n
		behind = behind || l.Overdue != "0.00"
	}
	switch age := customer.age(b.now()); {
	case behind:
		out.Fit, out.Why, out.WhyEN = "no", "名下有贷款逾期，要先还清", "a loan of yours is overdue and comes first"
	case age < 18 || age+term/12 > 70:
		out.Fit, out.Why, out.WhyEN = "no", "年龄加贷款年限超过70岁，系统受理不了，可以请人看看别的办法", "age and term together exceed 70; a person may know another way"
	case amount > most:
		out.Fit, out.Why, out.WhyEN = "tight", fmt.Sprintf("超过这类贷款的上限%s元", most), fmt.Sprintf("more than the CNY %s of this kind of loan", most)
	case term > longest:
		out.Fit, out.Why, out.WhyEN = "tight", fmt.Sprintf("这类贷款最长%d个月", longest), fmt.Sprintf("this kind runs %d months at most", longest)
	case 2*owes > income:
		out.Fit, out.Why, out.WhyEN = "tight", "每月要还的加起来超过收入的一半", "what you would repay a month is more than half of your income"
	}
	return out, nil
}
