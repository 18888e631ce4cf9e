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

const (
	answerWithin = 15 // days until a complaint is answered
	casesADay    = 5
)

// customerCase is a complaint, a suggestion or praise as kept.
type customerCase struct {
	Number string   `json:"number"`
	Sort   string   `json:"sort"`
	Text   string   `json:"text"`
	Wish   string   `json:"wish"`
	Phone  string   `json:"phone"`
	Due    string   `json:"due"`
	Added  []string `json:"added,omitempty"`
	Answer string   `json:"answer,omitempty"`
	Opened string   `json:"opened"`
}

// Case is a complaint, a suggestion or praise.
type Case struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameEN  string `json:"name_en"`
	Number  string `json:"number"`
	State   string `json:"state"`
	StateEN string `json:"state_en"`
	Opened  string `json:"opened"`
	Due     string `json:"due" doc:"Answered by this day"`
	Text    string `json:"text"`
	Answer  string `json:"answer"`
	Open    bool   `json:"open"`
	Phone   string `json:"phone" doc:"Masked; empty when the customer wants no call"`
}

func (c Case) number() string { return c.Number }

// Cases is every case of a customer, newest last.
type Cases struct {
	Cases []Case `json:"cases" nullable:"false"`
}

// CaseOpenIn records what a customer says.
type CaseOpenIn struct {
	CustomerIn
	Sort  string `json:"sort" maxLength:"20" doc:"complaint, suggestion or praise"`
	Text  string `json:"text" maxLength:"500"`
	Wish  string `json:"wish,omitempty" maxLength:"20" doc:"refund, apology, mend, explain"`
	Reply string `json:"reply" maxLength:"10" doc:"How to answer: phone or app"`
}

// CaseAddIn adds to a case that is open.
type CaseAddIn struct {
	CustomerIn
	Case string `json:"case" maxLength:"60"`
	Text string `json:"text" maxLength:"500"`
}

// caseRoutes serves complaints and other cases.
func (b *Bank) caseRoutes(api huma.API) {
	read(b, api, "cases.list", "A customer's complaints, suggestions and praise", b.casesList)
	change(b, api, business{operation: "bank.case_open", summary: "Record a complaint, a suggestion or praise"}, b.caseOpen)
	change(b, api, business{operation: "bank.case_add", summary: "Add to a complaint"}, b.caseAdd)
}

func sortName(sort string) (zh, en string) {
	switch sort {
	case "complaint":
		return "投诉", "Complaint"
	case "suggestion":
		return "建议", "Suggestion"
	}
	return "表扬", "Praise"
}

func caseView(r record[customerCase]) Case {
	v := r.Value
	zh, en := sortName(v.Sort)
	state, stateEN := "已受理，正在核实", "received, being looked into"
	if r.Status == "closed" {
		state, stateEN = "已答复", "answered"
	}
	return Case{
		ID: r.ID, Name: zh + " " + v.Opened, NameEN: en + " of " + v.Opened, Number: v.Number, State: state, StateEN: stateEN, Opened: v.Opened, Due: v.Due,
		Text: v.Text, Answer: v.Answer, Open: r.Status == "open", Phone: v.Phone,
	}
}

func (b *Bank) casesList(ctx context.Context, in CustomerIn) (Cases, error) {
	rows, err := recordsOf[customerCase](ctx, b, b.pool, in.Customer, "customer_case")
	if err != nil {
		return Cases{}, err
	}
	out := Cases{Cases: []Case{}}
	for _, r := range rows {
		out.Cases = append(out.Cases, caseView(r))
	}
	return out, nil
}

func tooShort() *Refusal {
	return refuse("text_short", "内容太短了，请多说一点：什么时候、在哪里、发生了什么。", "That is too short. Please say when, where and what happened.")
}

func (b *Bank) caseOpen(ctx context.Context, tx pgx.Tx, a act, in CaseOpenIn) (Case, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return Case{}, orRefuse(err, unknownCustomer())
	}
	text := strings.TrimSpace(in.Text)
	if utf8.RuneCountInString(text) < 4 {
		return Case{}, tooShort()
	}
	rows, err := recordsOf[customerCase](ctx, b, tx, in.Customer, "customer_case")
	if err != nil {
		return Case{}, err
	}
	today, n := a.now.Format(time.DateOnly), 0
	for _, r := range rows {
		if r.Status == "open" && r.Value.Sort == in.Sort && r.Value.Text == text {
			return Case{}, refuse("case_known", "这件事已经记录，编号"+r.Value.Number+"，"+r.Value.Due+"前答复，不用再报。可以给它补充情况。",
				"This is recorded already as "+r.Value.Number+" and will be answered by "+r.Value.Due+". You can add to it.")
		}
		if r.Value.Opened == today {
			n++
		}
	}
	if n >= casesADay {
		return Case{}, refuse("case_many", "今天已经记录了5件，请把情况补充到已有的编号里，或请人工一起处理。", "Five were recorded today. Please add to one of them, or ask for a person.")
	}
	number, err := b.number(ctx, tx, "K", a.now)
	if err != nil {
		return Case{}, err
	}
	body := customerCase{Number: number, Sort: in.Sort, Text: text, Wish: in.Wish, Opened: today, Due: a.now.AddDate(0, 0, answerWithin).Format(time.DateOnly)}
	if in.Reply == "phone" {
		body.Phone = maskPhone(customer.Phone)
	}
	id := in.Customer + "-" + number
	if err := b.addRecord(ctx, tx, a, in.Customer, "customer_case", id, "open", body); err != nil {
		return Case{}, err
	}
	zh, _ := sortName(in.Sort)
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.case_open", Number: number})
	a.tell(Event{Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone), Text: fmt.Sprintf("【示例银行】您的%s已记录，编号%s，%s前答复您。", zh, number, body.Due)})
	return caseView(record[customerCase]{recordRow: recordRow{ID: id, Status: "open"}, Value: body}), nil
}

func (b *Bank) caseAdd(ctx context.Context, tx pgx.Tx, a act, in CaseAddIn) (Case, error) {
	r, ok, err := recordOf[customerCase](ctx, b, tx, in.Customer, "customer_case", in.Case)
	if err != nil || !ok {
		return Case{}, orRefuse(err, refuse("case_unknown", "没有查到这个编号，请重新选择。", "That number was not found. Please choose again."))
	}
	if r.Status != "open" {
		return Case{}, refuse("case_closed", "这件已经答复。不满意的话可以重新投诉，我们会换人复核。", "This one is answered. If you are not content, complain again and somebody else will review it.")
	}
	text := strings.TrimSpace(in.Text)
	if utf8.RuneCountInString(text) < 4 {
		return Case{}, tooShort()
	}
	r.Value.Added = append(r.Value.Added, text)
	if err := b.changeRecord(ctx, tx, a, r.ID, "open", r.Value); err != nil {
		return Case{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.case_add", Number: r.Value.Number})
	return caseView(r), nil
}
