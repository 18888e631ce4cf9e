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

const (
	// restFor is how long large sums stay in after the phone number was changed,
	// restFrom the sum that counts as large.
	restFor  = 24 * time.Hour
	restFrom = fen.Fen(500000)
	// seenFor is how long a check that was written down is good for.
	seenFor = 30 * time.Minute
	// wakeEvery is the time in which no second account is woken from afar.
	wakeEvery = 30 * 24 * time.Hour
)

var mobile = regexp.MustCompile(`^1[3-9][0-9]{9}$`)

// printed turns a day as documents print it and people read it out into figures.
func printed(day string) string {
	return strings.NewReplacer("年", "-", "月", "-", "日", "", ".", "-").Replace(day)
}

// IdentityIn writes down that a colleague has checked who the customer is.
type IdentityIn struct {
	CustomerIn
	Purpose   string `json:"purpose" maxLength:"60" doc:"What it is for, in the customer's words"`
	Review    string `json:"review" maxLength:"40" doc:"The number of the check; each counts once"`
	Reference string `json:"reference" maxLength:"80"`
}

// DocumentIn renews the identity document on record.
type DocumentIn struct {
	CustomerIn
	ValidUntil string `json:"valid_until" maxLength:"20" doc:"The last day as printed, or long for long-term"`
	Authority  string `json:"authority" maxLength:"60"`
	Review     string `json:"review" maxLength:"40"`
	Reference  string `json:"reference" maxLength:"80"`
}

// PhoneIn gives a customer another number; two people stand behind it.
type PhoneIn struct {
	CustomerIn
	Phone     string `json:"phone" maxLength:"11" doc:"The code of the step-up goes to it"`
	Reason    string `json:"reason" maxLength:"20"`
	Review    string `json:"review" maxLength:"40"`
	Second    string `json:"second" maxLength:"40" doc:"The number of the other colleague's decision"`
	Reference string `json:"reference" maxLength:"80"`
}

// LossFormalIn makes a report by word of mouth a formal one, and orders a new card.
type LossFormalIn struct {
	CustomerIn
	Card      string `json:"card" maxLength:"40"`
	Address   string `json:"address" maxLength:"120"`
	Signature string `json:"signature" maxLength:"80" doc:"Of the signed application"`
	Review    string `json:"review" maxLength:"40"`
	Reference string `json:"reference" maxLength:"80"`
}

// AccountFreeIn wakes an account, or lifts the limit to the counter; for the
// latter two people stand behind it and the customer has signed.
type AccountFreeIn struct {
	CustomerIn
	Account   string `json:"account" maxLength:"40"`
	Use       string `json:"use" maxLength:"60"`
	Review    string `json:"review" maxLength:"40"`
	Second    string `json:"second,omitempty" maxLength:"40"`
	Signature string `json:"signature,omitempty" maxLength:"80"`
	Reference string `json:"reference" maxLength:"80"`
}

// Reviewed is what came of a change that a check stands behind.
type Reviewed struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Until  string `json:"until,omitempty" doc:"How long it holds, or what rests till then"`
	Tail   string `json:"tail,omitempty"`
	Phone  string `json:"phone,omitempty" doc:"Masked"`
	On     string `json:"on,omitempty" doc:"The day a new card is sent"`
}

func (r Reviewed) number() string { return r.Number }

// identityRoutes serves the changes to who a customer is and what they may use.
func (b *Bank) identityRoutes(api huma.API) {
	told := func(what string) func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) {
		return func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) { return what, nil }
	}
	change(b, api, business{operation: "bank.identity_record", summary: "Write down that a colleague has checked who the customer is", level: "L4", bound: []string{"purpose", "review"}, subject: told("确认本次视频核身")}, b.identityRecord)
	change(b, api, business{operation: "bank.document_renew", summary: "Renew the identity document on record", level: "L4", bound: []string{"valid_until", "authority", "review"}, subject: b.documentSubject}, b.documentRenew)
	change(b, api, business{operation: "bank.phone_change", summary: "Change the phone number on record", level: "L4", bound: []string{"phone", "review", "second"}, phone: "phone", subject: b.phoneSubject}, b.phoneChange)
	change(b, api, business{operation: "bank.loss_formal", summary: "Make a loss report formal and order a new card", level: "L4", bound: []string{"card", "address", "review"}, subject: b.cardSubject("尾号%s的卡正式挂失并补卡")}, b.lossFormal)
	change(b, api, business{operation: "bank.account_wake", summary: "Wake a dormant account", level: "L4", bound: []string{"account", "use", "review"}, subject: b.freeSubject("激活尾号%s的账户")}, b.accountWake)
	change(b, api, business{operation: "bank.restriction_lift", summary: "Lift the limit to the counter", level: "L4", bound: []string{"account", "use", "review", "second"}, subject: b.freeSubject("解除尾号%s的账户的非柜面限制")}, b.restrictionLift)
}

// counted uses up the checks that stand behind a change, and its step-up. Two
// checks are of two people: the same one twice is one.
func (b *Bank) counted(ctx context.Context, tx pgx.Tx, a act, customer, reference string, bound map[string]string, checks ...string) (customerRow, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", customer)
	if err != nil || !ok {
		return customerRow{}, orRefuse(err, unknownCustomer())
	}
	if len(checks) > 1 && (checks[1] == "" || checks[0] == checks[1]) {
		return customerRow{}, refuse("second_needed", "还要另一位同事授权，经办人不能自己授权。", "Another colleague has to authorise it; the one who handled it can't.")
	}
	ids := make([]string, len(checks))
	for i, check := range checks {
		ids[i] = "seen-" + strings.ReplaceAll(check, "/", "-") + "-" + customer
		if _, used, err := recordOf[ReviewedIn](ctx, b, tx, customer, "review", ids[i]); err != nil || used {
			return customerRow{}, orRefuse(err, refuse("review_used", "这次核身已经用过，请重新核身。", "That identity check has been used. Please be checked again."))
		}
	}
	if _, err := b.consume(ctx, tx, a, customer, reference, "L4", bound); err != nil {
		return customerRow{}, err
	}
	for i, id := range ids {
		if err := b.addRecord(ctx, tx, a, customer, "review", id, "used", ReviewedIn{CustomerIn: CustomerIn{Customer: customer}, Review: checks[i]}); err != nil {
			return customerRow{}, err
		}
	}
	return c, nil
}

// settled writes a change down and tells the customer of it.
func (b *Bank) settled(ctx context.Context, tx pgx.Tx, a act, c customerRow, kind, letter, what string, body any, out *Reviewed) error {
	number, err := b.number(ctx, tx, letter, a.now)
	if err != nil {
		return err
	}
	out.Number, out.Time = number, a.now.Format(time.RFC3339)
	if err := b.addRecord(ctx, tx, a, c.ID, kind, c.ID+"-"+number, "done", body); err != nil {
		return err
	}
	a.tell(Event{Kind: EventChange, Customer: c.ID, Operation: a.operation, Number: number, AccountTail: out.Tail})
	a.tell(Event{Kind: EventSMS, Customer: c.ID, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】%s（%s），编号%s。若非本人操作请立即联系我们。", what, a.now.Format("1月2日15:04"), number)})
	return nil
}

func (b *Bank) identityRecord(ctx context.Context, tx pgx.Tx, a act, in IdentityIn) (Reviewed, error) {
	c, err := b.counted(ctx, tx, a, in.Customer, in.Reference, map[string]string{"purpose": in.Purpose, "review": in.Review}, in.Review)
	if err != nil {
		return Reviewed{}, err
	}
	out := Reviewed{Until: a.now.Add(seenFor).Format(time.RFC3339)}
	return out, b.settled(ctx, tx, a, c, "identity", "V", "您已通过视频核身", map[string]string{"purpose": in.Purpose, "until": out.Until}, &out)
}

// renewed reads the last day of a document and refuses one that is no newer than
// the one on record; nil is long-term.
func (b *Bank) renewed(c customerRow, until string) (*time.Time, *Refusal) {
	if until == "long" || strings.HasPrefix(until, "长期") {
		if c.IDExpiresOn == nil {
			return nil, refuse("document_same", "登记的已经是长期有效的证件，不用更新。", "The document on record is valid for life already.")
		}
		return nil, nil
	}
	day, err := time.ParseInLocation("2006-1-2", printed(until), b.cfg.Zone)
	switch {
	case err != nil:
		return nil, refuse("document_date", "有效期没有看清，请再核对一遍。", "The last day could not be read. Please check it.")
	case day.Before(b.now()):
		return nil, refuse("document_expired", "这张证件也已经过期，请用新的证件。", "This document has expired too. Please use the new one.")
	case c.IDExpiresOn != nil && day.Format(time.DateOnly) <= date(c.IDExpiresOn):
		return nil, refuse("document_same", "这张证件不比登记的新，不用更新。", "This document is no newer than the one on record.")
	}
	return &day, nil
}

func (b *Bank) documentSubject(_ context.Context, _ pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	if _, no := b.renewed(c, bound["valid_until"]); no != nil {
		return "", no
	}
	return "更新您的身份证件", nil
}

func (b *Bank) documentRenew(ctx context.Context, tx pgx.Tx, a act, in DocumentIn) (Reviewed, error) {
	c, err := b.counted(ctx, tx, a, in.Customer, in.Reference, map[string]string{"valid_until": in.ValidUntil, "authority": in.Authority, "review": in.Review}, in.Review)
	if err != nil {
		return Reviewed{}, err
	}
	day, no := b.renewed(c, in.ValidUntil)
	if no != nil {
		return Reviewed{}, no
	}
	if _, err := tx.Exec(ctx, b.q("DocumentRenewed"), c.ID, day); err != nil {
		return Reviewed{}, fmt.Errorf("renew the document: %w", err)
	}
	out := Reviewed{Until: in.ValidUntil}
	return out, b.settled(ctx, tx, a, c, "document", "I", "您的身份证件已更新，因过期受的限制已解除", in, &out)
}

// phoneJudge refuses a number that can't be this customer's.
func (b *Bank) phoneJudge(ctx context.Context, tx pgx.Tx, c customerRow, phone string) error {
	switch {
	case !mobile.MatchString(phone):
		return refuse("phone_wrong", "这不是一个完整的手机号，请再看一下。", "That is no complete mobile number. Please check it.")
	case phone == c.Phone:
		return refuse("phone_same", "和登记的是同一个号码，不用改。", "That number is on record already.")
	}
	_, taken, err := value[string](ctx, b, tx, "PhoneOwner", phone, c.ID)
	if err != nil {
		return err
	}
	if taken {
		return refuse("phone_taken", "这个号码已经登记在别的客户名下，请带身份证和实名证明到网点办。", "That number is on record for somebody else. Please come to a branch with your ID and proof that it is yours.")
	}
	return nil
}

func (b *Bank) phoneSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	return "登记这个新手机号", b.phoneJudge(ctx, tx, c, bound["phone"])
}

// phoneChange moves the number; both numbers are told, and large sums stay in for a day.
func (b *Bank) phoneChange(ctx context.Context, tx pgx.Tx, a act, in PhoneIn) (Reviewed, error) {
	c, err := b.counted(ctx, tx, a, in.Customer, in.Reference, map[string]string{"phone": in.Phone, "review": in.Review, "second": in.Second}, in.Review, in.Second)
	if err != nil {
		return Reviewed{}, err
	}
	if err := b.phoneJudge(ctx, tx, c, in.Phone); err != nil {
		return Reviewed{}, err
	}
	if _, err := tx.Exec(ctx, b.q("PhoneChanged"), c.ID, in.Phone); err != nil {
		return Reviewed{}, fmt.Errorf("change the number: %w", err)
	}
	old := maskPhone(c.Phone)
	c.Phone = in.Phone
	out := Reviewed{Until: a.now.Add(restFor).Format(time.RFC3339), Phone: maskPhone(in.Phone)}
	a.tell(Event{Kind: EventSMS, Customer: c.ID, To: old, Text: "【示例银行】您登记的手机号已换成别的号码。若非本人操作请马上联系我们。"})
	return out, b.settled(ctx, tx, a, c, "cooling", "T", "这个号码已登记为您的手机号，24小时内大额转账暂停", map[string]string{"until": out.Until}, &out)
}

// cooling refuses large sums for a day after the number was changed: whoever took
// a number over would empty the account at once.
func (b *Bank) cooling(ctx context.Context, db querier, customer string, amount fen.Fen, now time.Time) (*Refusal, error) {
	if amount <= restFrom {
		return nil, nil
	}
	rows, err := recordsOf[Reviewed](ctx, b, db, customer, "cooling")
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		until := r.CreatedAt.Add(restFor).In(b.cfg.Zone)
		if now.Before(until) {
			return refuse("cooling", fmt.Sprintf("刚换过手机号，超过%s元的转账要到%s才放开。", restFrom, until.Format("1月2日15:04")),
				fmt.Sprintf("The phone number was just changed; transfers above CNY %s open again on %s.", restFrom, until.Format("2 Jan 15:04"))), nil
		}
	}
	return nil, nil
}

func (b *Bank) lossFormal(ctx context.Context, tx pgx.Tx, a act, in LossFormalIn) (Reviewed, error) {
	card, ok, err := one[cardRow](ctx, b, tx, "CardLocked", in.Card, in.Customer)
	switch {
	case err != nil || !ok:
		return Reviewed{}, orRefuse(err, unknownCard())
	case card.Status != "lost":
		return Reviewed{}, refuse("not_lost", "尾号"+card.Tail+"的卡没有挂失，请先挂失。", "The card ending "+card.Tail+" is not reported lost. Please report it first.")
	case card.LossUntil == nil:
		return Reviewed{}, refuse("already_formal", "尾号"+card.Tail+"的卡，挂失已经是正式的，不会到期。", "The card ending "+card.Tail+" is formally reported already; it does not lapse.")
	case card.LossUntil.Before(a.now):
		return Reviewed{}, refuse("report_over", "口头挂失已经到期，请带身份证到网点正式挂失。", "The report by word of mouth is over. Please make it formal at a branch with your ID.")
	case in.Signature == "":
		return Reviewed{}, refuse("unsigned", "还缺您的签名。", "Your signature is missing.")
	case len([]rune(strings.TrimSpace(in.Address))) < 6:
		return Reviewed{}, refuse("address_short", "地址要写到门牌号，请说完整。", "Please give the whole address with the house number.")
	}
	c, err := b.counted(ctx, tx, a, in.Customer, in.Reference, map[string]string{"card": in.Card, "address": in.Address, "review": in.Review}, in.Review)
	if err != nil {
		return Reviewed{}, err
	}
	if _, err := tx.Exec(ctx, b.q("CardLost"), card.ID, "lost", nil); err != nil {
		return Reviewed{}, fmt.Errorf("make the report formal: %w", err)
	}
	on := a.now.AddDate(0, 0, 1)
	for dayOff(on) {
		on = on.AddDate(0, 0, 1)
	}
	out := Reviewed{Tail: card.Tail, On: on.Format(time.DateOnly)}
	return out, b.settled(ctx, tx, a, c, "card_order", "N", "您尾号"+card.Tail+"的卡已正式挂失，新卡将寄到您留的地址", in, &out)
}

func (b *Bank) freeSubject(what string) func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) {
	return func(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
		account, ok, err := one[accountRow](ctx, b, tx, "Account", bound["account"], c.ID)
		if err != nil || !ok {
			return "", orRefuse(err, unknownAccount())
		}
		return fmt.Sprintf(what, account.Tail), nil
	}
}

// freed opens an account again that is in a state.
func (b *Bank) freed(ctx context.Context, tx pgx.Tx, a act, in AccountFreeIn, kind, what string, out *Reviewed, bound map[string]string, checks ...string) error {
	c, err := b.counted(ctx, tx, a, in.Customer, in.Reference, bound, checks...)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, b.q("AccountFreed"), in.Account); err != nil {
		return fmt.Errorf("open the account: %w", err)
	}
	return b.settled(ctx, tx, a, c, kind, "F", "您尾号"+out.Tail+"的账户"+what, in, out)
}

func (b *Bank) accountWake(ctx context.Context, tx pgx.Tx, a act, in AccountFreeIn) (Reviewed, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Reviewed{}, orRefuse(err, unknownCustomer())
	}
	account, ok, err := one[accountRow](ctx, b, tx, "Account", in.Account, in.Customer)
	if err != nil || !ok {
		return Reviewed{}, orRefuse(err, unknownAccount())
	}
	woken, err := recordsOf[AccountFreeIn](ctx, b, tx, in.Customer, "woken")
	switch {
	case err != nil:
		return Reviewed{}, err
	case account.Status != "dormant":
		return Reviewed{}, refuse("not_dormant", "尾号"+account.Tail+"的账户不是睡眠户，可以正常用。", "The account ending "+account.Tail+" is not dormant.")
	case c.idExpired(a.now):
		return Reviewed{}, refuse("id_expired", "您登记的证件过期了，请先更新证件。", "Your identity document has expired. Please update it first.")
	case len(woken) > 0 && a.now.Before(woken[len(woken)-1].CreatedAt.Add(wakeEvery)):
		return Reviewed{}, refuse("wake_many", "三十天内已经激活过一个账户，再激活要到网点当面办。", "One account was woken within thirty days; another one needs a visit to a branch.")
	}
	out := Reviewed{Tail: account.Tail}
	return out, b.freed(ctx, tx, a, in, "woken", "已激活", &out, map[string]string{"account": in.Account, "use": in.Use, "review": in.Review}, in.Review)
}

func (b *Bank) restrictionLift(ctx context.Context, tx pgx.Tx, a act, in AccountFreeIn) (Reviewed, error) {
	account, ok, err := one[accountRow](ctx, b, tx, "Account", in.Account, in.Customer)
	switch {
	case err != nil || !ok:
		return Reviewed{}, orRefuse(err, unknownAccount())
	case account.Status == "frozen":
		return Reviewed{}, refuse("frozen", "这个账户由有权机关依法冻结，本行不能解除。", "The account is frozen by order of an authority; the bank can't lift that.")
	case account.Status != "restricted":
		return Reviewed{}, refuse("not_restricted", "尾号"+account.Tail+"的账户没有非柜面限制。", "The account ending "+account.Tail+" is not limited to the counter.")
	case in.Signature == "":
		return Reviewed{}, refuse("unsigned", "还缺您签名的承诺书。", "Your signed undertaking is missing.")
	}
	out := Reviewed{Tail: account.Tail}
	return out, b.freed(ctx, tx, a, in, "lifted", "非柜面限制已解除", &out, map[string]string{"account": in.Account, "use": in.Use, "review": in.Review, "second": in.Second}, in.Review, in.Second)
}
