package sandboxbank

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// passportLeft is how many months a passport has to be good for.
const passportLeft = 6

// NameCheckIn asks whether a name is spelled as in the passport.
type NameCheckIn struct {
	CustomerIn
	Latin    string `json:"latin" maxLength:"40" doc:"As the customer says it"`
	Passport string `json:"passport" maxLength:"40" doc:"As read off the passport"`
	Expires  string `json:"expires" maxLength:"20" doc:"The passport's last day"`
}

// NameCheck says how a name is written on a certificate.
type NameCheck struct {
	Match   bool     `json:"match"`
	Name    string   `json:"name" doc:"As in the passport, in capitals, one space between its parts"`
	Refusal *Refusal `json:"refusal"`
}

// AbroadIssueIn orders a certificate for abroad, after a check on video. A letter of
// standing freezes nothing, and neither do deposits as of today.
type AbroadIssueIn struct {
	CheckedIn
	Account   string `json:"account" maxLength:"40"`
	Amount    string `json:"amount" maxLength:"16"`
	Sort      string `json:"sort" enum:"point,period,standing"`
	Until     string `json:"until" maxLength:"10" doc:"none, or the day until which the amount is frozen"`
	Name      string `json:"name" maxLength:"40" doc:"As in the passport"`
	Addressee string `json:"addressee" maxLength:"60"`
}

// AbroadIssue is a certificate for abroad that was issued.
type AbroadIssue struct {
	CertificateIssue
	Name      string `json:"name"`
	Addressee string `json:"addressee"`
}

func (b *Bank) abroadRoutes(api huma.API) {
	read(b, api, "documents.name_check", "Whether a name is spelled as in the passport", b.nameCheck)
	change(b, api, business{
		operation: "bank.certificate_abroad", summary: "Issue a certificate for abroad, after a check by a person", level: "L4",
		bound: []string{"account", "amount", "sort", "until", "name", "addressee", "review"}, subject: b.abroadSubject,
	}, b.certificateAbroad)
}

var (
	nameShape = regexp.MustCompile(`^[A-Z]{1,20}( [A-Z]{1,20}){1,4}$`)
	notLetter = regexp.MustCompile(`[^A-Z]+`)
)

// latinName writes a name as certificates do: WANG XIUYING.
func latinName(s string) string {
	return strings.TrimSpace(notLetter.ReplaceAllString(strings.ToUpper(s), " "))
}

func (b *Bank) nameCheck(ctx context.Context, in NameCheckIn) (NameCheck, error) {
	if _, err := b.customer(ctx, b.pool, in.Customer); err != nil {
		return NameCheck{}, err
	}
	out := NameCheck{Name: latinName(in.Passport)}
	out.Match = strings.ReplaceAll(latinName(in.Latin), " ", "") == strings.ReplaceAll(out.Name, " ", "")
	var y, m, d int
	day := strings.NewReplacer("年", "-", "月", "-", "日", "", ".", "-").Replace(in.Expires)
	if _, err := fmt.Sscanf(day, "%d-%d-%d", &y, &m, &d); err != nil {
		return NameCheck{}, badField("expires", in.Expires, err)
	}
	now := b.now()
	until := time.Date(y, time.Month(m), d, 23, 59, 59, 0, now.Location())
	switch {
	case until.Before(now):
		out.Refusal = refuse("passport_expired", "这本护照已经过期，请先换护照再来开。", "The passport has expired. Please renew it first.")
	case until.Before(now.AddDate(0, passportLeft, 0)):
		out.Refusal = refuse("passport_short", "护照有效期不到六个月，多数使馆不收，请先换护照。", "The passport has less than six months left and most embassies refuse it. Please renew it first.")
	case !nameShape.MatchString(out.Name):
		out.Refusal = refuse("name_unread", "护照上的姓名没读全，请把资料页重拍清楚再来。", "The name in the passport was not read in full. Please take the page again.")
	}
	return out, nil
}

// certificate is what an order freezes and shows, as scene 39 judges it.
func (in AbroadIssueIn) certificate() CertificateIn {
	kind := "point"
	if in.Sort == certPeriod {
		kind = certPeriod
	}
	return CertificateIn{CustomerIn: in.CustomerIn, Account: in.Account, Amount: in.Amount, Kind: kind, Until: in.Until, Language: "en"}
}

func (b *Bank) abroadSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	in := AbroadIssueIn{CheckedIn: CheckedIn{CustomerIn: CustomerIn{Customer: c.ID}}, Account: bound["account"], Amount: bound["amount"], Sort: bound["sort"], Until: bound["until"]}
	_, amount, quote, err := b.certificateOf(ctx, tx, in.certificate())
	if err != nil || quote.Refusal != nil {
		return "", orRefuse(err, quote.Refusal)
	}
	if in.Sort == certPeriod {
		return fmt.Sprintf("开出国用证明并冻结%s元到%s", amount, in.Until), nil
	}
	return fmt.Sprintf("开%s元出国用证明", amount), nil
}

func (b *Bank) certificateAbroad(ctx context.Context, tx pgx.Tx, a act, in AbroadIssueIn) (AbroadIssue, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return AbroadIssue{}, err
	}
	if !nameShape.MatchString(in.Name) {
		return AbroadIssue{}, refuse("name_unread", "姓名拼音要和护照一样，请重拍资料页。", "The name has to be as in the passport. Please take the page again.")
	}
	if _, err := many[accountRow](ctx, b, tx, "LockAccounts", []string{in.Account}); err != nil {
		return AbroadIssue{}, err
	}
	account, amount, quote, err := b.certificateOf(ctx, tx, in.certificate())
	if err != nil || quote.Refusal != nil {
		return AbroadIssue{}, orRefuse(err, quote.Refusal)
	}
	bound := map[string]string{"account": in.Account, "amount": amount.String(), "sort": in.Sort, "until": in.Until, "name": in.Name, "addressee": in.Addressee}
	if err := b.checked(ctx, tx, a, in.CheckedIn, false, bound); err != nil {
		return AbroadIssue{}, err
	}
	number, err := b.number(ctx, tx, "C", a.now)
	if err != nil {
		return AbroadIssue{}, err
	}
	if in.Sort == certPeriod {
		if _, err := tx.Exec(ctx, b.q("FreezePart"), account.ID, amount); err != nil {
			return AbroadIssue{}, fmt.Errorf("freeze the amount: %w", err)
		}
	}
	out := AbroadIssue{Name: in.Name, Addressee: in.Addressee, CertificateIssue: CertificateIssue{
		Number: number, Time: a.now.Format(time.RFC3339), Amount: amount.String(), Until: in.Until, Tail: account.Tail, Left: quote.Left, Check: randomHex(4),
	}}
	if err := b.addRecord(ctx, tx, a, in.Customer, "certificate", number, "issued", out); err != nil {
		return AbroadIssue{}, err
	}
	b.told(a, customer, number, "", fmt.Sprintf("出国用证明%s已开具，姓名%s，金额%s元，尾号%s。", number, in.Name, amount, account.Tail))
	return out, nil
}
