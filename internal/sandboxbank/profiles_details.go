package sandboxbank

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"
)

// details is what a customer told the bank of themselves, as kept.
type details struct {
	Occupation string `json:"occupation"`
	Address    string `json:"address"`
	Email      string `json:"email"`
	Tax        string `json:"tax"`
	Remind     string `json:"remind"`
}

// Details is the same with what stands on the document.
type Details struct {
	Occupation string `json:"occupation"`
	Address    string `json:"address"`
	Email      string `json:"email"`
	Tax        string `json:"tax"`
	TaxEN      string `json:"tax_en"`
	Remind     string `json:"remind"`
	RemindEN   string `json:"remind_en"`
	Phone      string `json:"phone" doc:"Masked"`
	IDExpires  string `json:"id_expires_on" doc:"Empty: long-term"`
	IDExpired  bool   `json:"id_expired"`
}

// DetailIn changes one detail.
type DetailIn struct {
	CustomerIn
	Field     string `json:"field" maxLength:"20" doc:"occupation, address, email, tax or remind"`
	Value     string `json:"value" maxLength:"120"`
	Reference string `json:"reference" maxLength:"80"`
}

// DetailDone is a detail that was changed.
type DetailDone struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Before string `json:"before"`
	After  string `json:"after"`
}

func (d DetailDone) number() string { return d.Number }

func (b *Bank) detailRoutes(api huma.API) {
	read(b, api, "customer.details", "What a customer told the bank of themselves", b.customerDetails)
	change(b, api, business{operation: "bank.detail_update", summary: "Change one detail", bound: []string{"field", "value"}, subject: b.detailSubject}, b.detailUpdate)
}

func (b *Bank) detailsOf(ctx context.Context, db querier, customer string) (details, string, error) {
	rows, err := recordsOf[details](ctx, b, db, customer, "details")
	if err != nil || len(rows) == 0 {
		return details{Tax: "cn", Remind: "on"}, "", err
	}
	return rows[0].Value, rows[0].ID, nil
}

func (b *Bank) customerDetails(ctx context.Context, in CustomerIn) (Details, error) {
	c, err := b.customer(ctx, b.pool, in.Customer)
	if err != nil {
		return Details{}, err
	}
	d, _, err := b.detailsOf(ctx, b.pool, in.Customer)
	if err != nil {
		return Details{}, err
	}
	out := Details{
		Occupation: d.Occupation, Address: d.Address, Email: d.Email, Tax: "仅为中国税收居民", TaxEN: "resident for tax in China only", Remind: "提前三个月提醒", RemindEN: "three months ahead",
		Phone: maskPhone(c.Phone), IDExpires: date(c.IDExpiresOn), IDExpired: c.idExpired(b.now()),
	}
	if d.Tax != "cn" {
		out.Tax, out.TaxEN = "还没有声明", "not declared yet"
	}
	if d.Remind == "off" {
		out.Remind, out.RemindEN = "不提醒", "off"
	}
	return out, nil
}

// field is where a detail is kept; nil for one that can't be changed here.
func (d *details) field(name string) *string {
	switch name {
	case "occupation":
		return &d.Occupation
	case "address":
		return &d.Address
	case "email":
		return &d.Email
	case "tax":
		return &d.Tax
	case "remind":
		return &d.Remind
	}
	return nil
}

// detailJudge refuses a change that can't be made here.
func detailJudge(d *details, field, value string) (*string, *Refusal) {
	at := d.field(field)
	value = strings.TrimSpace(value)
	switch {
	case at == nil:
		return nil, refuse("detail_field", "这一项不能在这里改：换证件、换手机号要先和同事视频核身。", "This can't be changed here: a new document or phone number needs a colleague to verify you on video.")
	case *at == value:
		return nil, refuse("detail_same", "和现在登记的一样，不用改。", "This is what is on record, so nothing has to be changed.")
	case field == "tax" && value != "cn":
		return nil, refuse("tax_papers", "有境外税收居民身份，要填声明文件和纳税人识别号，请同事协助办理。", "A tax residence abroad needs a signed declaration with your tax number; a colleague will help.")
	case field == "email" && (!strings.Contains(value, "@") || !strings.Contains(value[strings.Index(value, "@")+1:], ".")):
		return nil, refuse("detail_email", "这个邮箱写得不完整，请再看一下。", "That e-mail address is not complete. Please check it.")
	case field == "address" && utf8.RuneCountInString(value) < 6:
		return nil, refuse("detail_short", "地址要写到门牌号，请说完整。", "Please give the whole address with the house number.")
	case field == "occupation" && utf8.RuneCountInString(value) < 2:
		return nil, refuse("detail_short", "请说清楚职业。", "Please give the occupation.")
	}
	return at, nil
}

func (b *Bank) detailSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	d, _, err := b.detailsOf(ctx, tx, c.ID)
	if err != nil {
		return "", err
	}
	if _, no := detailJudge(&d, bound["field"], bound["value"]); no != nil {
		return "", no
	}
	return "更新您的个人资料", nil
}

func (b *Bank) detailUpdate(ctx context.Context, tx pgx.Tx, a act, in DetailIn) (DetailDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return DetailDone{}, orRefuse(err, unknownCustomer())
	}
	d, id, err := b.detailsOf(ctx, tx, in.Customer)
	if err != nil {
		return DetailDone{}, err
	}
	at, no := detailJudge(&d, in.Field, in.Value)
	if no != nil {
		return DetailDone{}, no
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"field": in.Field, "value": in.Value}); err != nil {
		return DetailDone{}, err
	}
	number, err := b.number(ctx, tx, "U", a.now)
	if err != nil {
		return DetailDone{}, err
	}
	before := *at
	*at = strings.TrimSpace(in.Value)
	if id != "" {
		err = b.changeRecord(ctx, tx, a, id, "active", d)
	} else {
		err = b.addRecord(ctx, tx, a, in.Customer, "details", in.Customer+"-"+number, "active", d)
	}
	if err != nil {
		return DetailDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.detail_update", Number: number})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone), Text: fmt.Sprintf("【示例银行】您的个人资料已于%s更新，编号%s。若非本人操作请联系我们。", a.now.Format("1月2日15:04"), number)})
	return DetailDone{Number: number, Time: a.now.Format(time.RFC3339), Before: before, After: *at}, nil
}
