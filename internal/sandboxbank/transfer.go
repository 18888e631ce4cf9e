package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

const (
	ownBank      = "示例银行"
	clearing     = "GL-CLEARING"      // what other banks are owed
	faceFrom     = fen.Fen(50_000_00) // above this a transfer needs L3
	largeFrom    = fen.Fen(50_000_00) // above this interbank money goes by the large-value system
	noRepeatFor  = 10 * time.Minute   // the same transfer again within this is asked about
	openMinutes  = 8*60 + 30          // large-value system, working days
	closeMinutes = 17*60 + 15         //
)

// order is a transfer with everything it touches.
type order struct {
	customer customerRow
	account  accountRow
	payee    payeeRow
	amount   fen.Fen
	limit    fen.Fen // what is left of today's
}

// amountOf reads an amount or names the field.
func amountOf(field, s string) (fen.Fen, error) {
	n, err := fen.Parse(s)
	if err != nil {
		return 0, badField(field, s, err)
	}
	return n, nil
}

// quote says what a transfer would cost and need.
func (b *Bank) quote(ctx context.Context, in QuoteIn) (Quote, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return Quote{}, err
	}
	o, err := b.load(ctx, b.pool, "Customer", in.CustomerIn, in.Account, in.Payee, amount)
	if err != nil {
		return Quote{}, err
	}
	now := b.now()
	arrival, arrivalEN := o.arrival(now)
	out := Quote{
		Fee: fen.Fen(0).String(), Arrival: arrival, ArrivalEN: arrivalEN, Level: o.level(), LimitLeft: o.limit.String(),
	}
	if out.Refusal, err = b.judge(ctx, b.pool, o, now); err != nil {
		return Quote{}, err
	}
	if err := b.attempted(ctx, o, out.Refusal, now); err != nil {
		return Quote{}, err
	}
	if out.Refusal == nil {
		if out.Warning, err = b.duplicate(ctx, b.pool, o, now.Add(-noRepeatFor)); err != nil {
			return Quote{}, err
		}
	}
	return out, nil
}

// transferSubject is what the text message says a transfer's code is for.
func (b *Bank) transferSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	amount, err := amountOf("args.amount", bound["amount"])
	if err != nil {
		return "", err
	}
	o, err := b.load(ctx, tx, "Customer", CustomerIn{Customer: customer.ID}, bound["account"], bound["payee"], amount)
	if err != nil {
		return "", err
	}
	again, err := b.duplicate(ctx, tx, o, b.now().Add(-noRepeatFor))
	if err != nil {
		return "", err
	}
	verb := "转账"
	if again != nil {
		verb = "再转一笔"
	}
	return fmt.Sprintf("向%s（尾号%s）%s%s元", o.payee.Name, o.payee.tail(), verb, amount), nil
}

// load reads a transfer's parts; what does not exist or belongs to somebody else
// is a Refusal.
func (b *Bank) load(ctx context.Context, db querier, customerQuery string, in CustomerIn, account, payee string, amount fen.Fen) (order, error) {
	o := order{amount: amount}
	var ok bool
	var err error
	if o.customer, ok, err = one[customerRow](ctx, b, db, customerQuery, in.Customer); err != nil || !ok {
		return o, orRefuse(err, unknownCustomer())
	}
	if o.customer, err = b.raised(ctx, db, o.customer); err != nil {
		return o, err
	}
	if o.account, ok, err = one[accountRow](ctx, b, db, "Account", account, in.Customer); err != nil || !ok {
		return o, orRefuse(err, unknownAccount())
	}
	if o.payee, ok, err = one[payeeRow](ctx, b, db, "Payee", payee, in.Customer); err != nil || !ok {
		return o, orRefuse(err, unknownPayee())
	}
	spent, _, err := value[fen.Fen](ctx, b, db, "TransferredSince", in.Customer, midnight(b.now()))
	if err != nil {
		return o, err
	}
	o.limit = max(0, o.customer.DailyLimitFen-spent)
	return o, nil
}

func orRefuse(err error, no *Refusal) error {
	if err != nil {
		return err
	}
	return no
}

func (o order) level() string {
	if o.payee.PaidCount == 0 || o.amount > faceFrom {
		return "L3"
	}
	return "L2"
}

// arrival is when the payee has the money, as far as the core can promise it.
func (o order) arrival(now time.Time) (zh, en string) {
	if o.payee.Bank == ownBank {
		return "实时到账", "Arrives at once"
	}
	if o.amount <= largeFrom {
		return "实时到账，最迟两小时内", "Arrives at once, within two hours at the latest"
	}
	minute := now.Hour()*60 + now.Minute()
	workday := now.Weekday() != time.Saturday && now.Weekday() != time.Sunday
	if workday && minute >= openMinutes && minute < closeMinutes {
		return "大额汇款，预计今天到账", "Large-value transfer, expected today"
	}
	return "大额汇款，预计下一个工作日到账", "Large-value transfer, expected on the next working day"
}

// judge gives the reason why the core would not make this transfer, nil when it
// would; the most lasting reason first.
func (b *Bank) judge(ctx context.Context, db querier, o order, now time.Time) (*Refusal, error) {
	a := o.account
	switch {
	case !slices.Contains([]string{"debit", "passbook", "wallet"}, a.Kind):
		return refuse("account_kind", "这个账户不能直接转账，请换一个活期账户付款。", "Transfers cannot be made from this account. Please choose a current account."), nil
	case a.Status == "frozen":
		return refuse("frozen", "尾号"+a.Tail+"的账户已被依法冻结，暂时不能转账。具体情况请到网点或请人工说明。",
			"The account ending "+a.Tail+" is frozen by order of an authority. Please ask a person or a branch."), nil
	case a.Status == "dormant":
		return refuse("dormant", "尾号"+a.Tail+"的账户长期未使用，已转为睡眠户，激活后才能转账。",
			"The account ending "+a.Tail+" is dormant and has to be activated first."), nil
	case a.Status == "restricted":
		return refuse("restricted", "尾号"+a.Tail+"的账户被限制了非柜面交易，原因是"+a.StatusReason+"。您可以申请视频核实解除。",
			"The account ending "+a.Tail+" is limited to branch business. You can ask for a review by video."), nil
	case o.customer.idExpired(now):
		return refuse("id_expired", "您留存的身份证件已过有效期，更新证件后就可以转账。",
			"Your identity document on file has expired. Update it and you can transfer again."), nil
	}
	if no, err := b.paused(ctx, db, o.customer.ID, now); err != nil || no != nil {
		return no, err
	}
	cards, err := many[struct{ Status string }](ctx, b, db, "CardsOfAccount", a.ID)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(cards, func(c struct{ Status string }) bool { return c.Status == "lost" }) {
		return refuse("card_lost", "尾号"+a.Tail+"的卡已挂失，账户只进不出。补卡或解除挂失后可以转账。",
			"The card of the account ending "+a.Tail+" is reported lost, so nothing goes out until it is replaced or found."), nil
	}
	no, err := b.cooling(ctx, db, o.customer.ID, o.amount, now)
	if err != nil {
		return nil, err
	}
	switch {
	case o.payee.NameMismatch:
		return refuse("name_mismatch", "收款户名与账号不符，请核对收款人的户名和账号。",
			"The payee's name does not match the account number. Please check both."), nil
	case o.payee.Account == a.ID:
		return refuse("same_account", "付款和收款是同一个账户。", "Payer and payee are the same account."), nil
	case no != nil:
		return no, nil
	case o.amount > o.customer.SingleLimitFen:
		return refuse("single_limit", fmt.Sprintf("超过单笔限额%s元。可以减少金额，或申请调高限额。", o.customer.SingleLimitFen),
			fmt.Sprintf("Above the limit of CNY %s a transfer. Send less or ask for a higher limit.", o.customer.SingleLimitFen)), nil
	case o.amount > o.limit:
		return refuse("daily_limit", "超过今天的转账限额。", "Above today's limit."), nil
	case o.amount > a.available():
		return refuse("insufficient_balance", fmt.Sprintf("尾号%s的账户可用余额%s元，不够这笔转账。", a.Tail, a.available()),
			fmt.Sprintf("The account ending %s has CNY %s available, which is not enough.", a.Tail, a.available())), nil
	}
	return nil, nil
}

// duplicate is the question whether the customer meant to send the same again
// that was sent after a time.
func (b *Bank) duplicate(ctx context.Context, db querier, o order, since time.Time) (*Refusal, error) {
	type same struct {
		Number   string
		BookedAt time.Time
	}
	last, found, err := one[same](ctx, b, db, "SameTransfer", o.customer.ID, since, o.payee.ID, o.account.ID, -o.amount)
	if err != nil || !found {
		return nil, err
	}
	at := last.BookedAt.In(b.cfg.Zone).Format("15:04")
	return refuse("duplicate", fmt.Sprintf("%s刚向%s转过同样的%s元，回单号%s。如果确实要再转一笔，请再次确认。", at, o.payee.Name, o.amount, last.Number),
		fmt.Sprintf("CNY %s went to %s at %s already (receipt %s). Please confirm if you mean to send it again.", o.amount, o.payee.Name, at, last.Number)), nil
}

// transfer books a transfer. The customer's row is locked first, so that two
// transfers cannot both use what is left of the day's limit.
func (b *Bank) transfer(ctx context.Context, tx pgx.Tx, a act, in TransferIn) (Receipt, error) {
	amount, err := amountOf("amount", in.Amount)
	if err != nil {
		return Receipt{}, err
	}
	o, err := b.load(ctx, tx, "CustomerLocked", in.CustomerIn, in.Account, in.Payee, amount)
	if err != nil {
		return Receipt{}, err
	}
	bound := map[string]string{"account": in.Account, "payee": in.Payee, "amount": amount.String()}
	verified, err := b.consume(ctx, tx, a, in.Customer, in.Reference, o.level(), bound)
	if err != nil {
		return Receipt{}, err
	}
	target := o.payee.Account
	if target == "" {
		target = clearing
	}
	locked, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account, target})
	if err != nil {
		return Receipt{}, err
	}
	for _, row := range locked {
		if row.ID == in.Account {
			o.account = row
		}
	}
	if no, err := b.judge(ctx, tx, o, a.now); err != nil || no != nil {
		return Receipt{}, orRefuse(err, no)
	}
	if no, err := b.riskRefusal(ctx, tx, in.Customer, o.payee, a.now); err != nil || no != nil {
		return Receipt{}, orRefuse(err, no)
	}
	if !in.Repeat {
		// A step-up that was begun after the first transfer named it as a repeat;
		// one begun before (another device, a second tap) did not know of it.
		if no, err := b.duplicate(ctx, tx, o, verified.begun); err != nil || no != nil {
			return Receipt{}, orRefuse(err, no)
		}
	}
	number, err := b.number(ctx, tx, "T", a.now)
	if err != nil {
		return Receipt{}, err
	}
	after, err := b.book(ctx, tx, a, booking{
		number: number, kind: "transfer", customer: in.Customer, payee: o.payee.ID, from: o.account.ID, to: target, amount: amount,
		party: o.payee.Name, memo: in.Memo, category: "transfer",
	})
	if err != nil {
		return Receipt{}, err
	}
	if _, err := tx.Exec(ctx, b.q("PayeePaid"), o.payee.ID); err != nil {
		return Receipt{}, fmt.Errorf("note that the payee was paid: %w", err)
	}
	arrival, arrivalEN := o.arrival(a.now)
	receipt := Receipt{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: amount.String(), PayeeName: o.payee.Name, PayeeBank: o.payee.Bank,
		PayeeBankEN: bankEN(o.payee.Bank), PayeeTail: o.payee.tail(), AccountTail: o.account.Tail, Fee: fen.Fen(0).String(), BalanceAfter: after.String(), Memo: in.Memo,
		Arrival: arrival, ArrivalEN: arrivalEN,
	}
	a.tell(Event{
		Kind: EventLedger, Customer: in.Customer, Operation: "bank.transfer", Number: number, Amount: (-amount).String(),
		AccountTail: o.account.Tail, Counterparty: o.payee.Name, BalanceAfter: after.String(),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(o.customer.Phone),
		Text: fmt.Sprintf("【示例银行】您尾号%s的账户%s向%s转出%s元，余额%s元。", o.account.Tail, a.now.Format("1月2日15:04"), o.payee.Name, amount, after),
	})
	return receipt, nil
}

// number makes the next receipt number: a letter, the day, a running number.
func (b *Bank) number(ctx context.Context, tx pgx.Tx, letter string, now time.Time) (string, error) {
	n, _, err := value[int64](ctx, b, tx, "NextNumber")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s%s%08d", letter, now.Format("20060102"), n), nil
}
