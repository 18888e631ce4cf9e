package sandboxbank

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

func unknownReceiver() *Refusal {
	return refuse("receiver_unknown", "没有查到这位接收人，可能已经停发了。", "That receiver was not found; it may have ended already.")
}

// isMobile says whether a text can be a mobile number of the mainland.
func isMobile(phone string) bool {
	return isDigits(phone, 11) && phone[0] == '1' && phone[1] >= '3'
}

// receiverJudge says whether a relative may be asked.
func (b *Bank) receiverJudge(ctx context.Context, db querier, c customerRow, account, relative, phone string) (accountRow, payeeRow, error) {
	a, v, _, err := b.alertOf(ctx, db, c.ID, account)
	if err != nil {
		return a, payeeRow{}, err
	}
	p, ok, err := one[payeeRow](ctx, b, db, "Payee", relative, c.ID)
	if err != nil || !ok {
		return a, p, orRefuse(err, unknownPayee())
	}
	rows, err := recordsOf[receiver](ctx, b, db, c.ID, "alert_receiver")
	if err != nil {
		return a, p, err
	}
	taken := slices.IndexFunc(rows, func(r record[receiver]) bool { return r.Status != "ended" && r.Value.Account == account })
	switch {
	case !v.On:
		return a, p, refuse("alert_is_off", "尾号"+a.Tail+"的动账提醒关着，家人也收不到。请先打开提醒，再加家人。", "The alerts of the account ending "+a.Tail+" are off. Switch them on first, then add a relative.")
	case !isFamily(p.Relation):
		return a, p, refuse("receiver_relation", "只能加家人。"+p.Name+"不是登记的家人，要加请人工核对关系。", "Only relatives can be added. A colleague can check proof of the relation.")
	case taken >= 0:
		return a, p, refuse("receiver_one", "一个账户只能加一位家人，现在是"+rows[taken].Value.Name+"。要换人，请先停发给TA。", "An account has one relative at most. To change it, end the present one first.")
	case !isMobile(phone):
		return a, p, refuse("receiver_phone", "手机号要11位数字，请再看一下。", "A mobile number has 11 digits. Please check it.")
	case phone == c.Phone:
		return a, p, refuse("receiver_self", "这是您自己的手机号，请说家人的手机号。", "That is your own number. Please give your relative's.")
	}
	return a, p, nil
}

func (b *Bank) receiverSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	a, p, err := b.receiverJudge(ctx, tx, c, bound["account"], bound["relative"], bound["phone"])
	if err != nil {
		return "", err
	}
	return "让" + p.Name + "也收尾号" + a.Tail + "的动账提醒", nil
}

func (b *Bank) receiverAdd(ctx context.Context, tx pgx.Tx, a act, in ReceiverIn) (ReceiverDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return ReceiverDone{}, orRefuse(err, unknownCustomer())
	}
	account, p, err := b.receiverJudge(ctx, tx, c, in.Account, in.Relative, in.Phone)
	if err != nil {
		return ReceiverDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"account": in.Account, "relative": in.Relative, "phone": in.Phone}); err != nil {
		return ReceiverDone{}, err
	}
	number, err := b.number(ctx, tx, "A", a.now)
	if err != nil {
		return ReceiverDone{}, err
	}
	body := receiver{Account: account.ID, Payee: p.ID, Name: p.Name, Phone: in.Phone, Number: number}
	if err := b.addRecord(ctx, tx, a, in.Customer, "alert_receiver", in.Customer+"-"+number, "pending", body); err != nil {
		return ReceiverDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, AccountTail: account.Tail, Counterparty: p.Name})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(in.Phone),
		Text: fmt.Sprintf("【示例银行】%s想让您收到TA尾号%s账户的动账提醒。您愿意就回复Y；不认识或不愿意不用回。您看不到余额，也不用提供任何验证码。", hiddenName(c.Name), account.Tail),
	})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(c.Phone),
		Text: fmt.Sprintf("【示例银行】您申请让%s也收尾号%s的动账提醒，TA回复同意后才开始，编号%s。", p.Name, account.Tail, number),
	})
	return ReceiverDone{Number: number, Time: a.now.Format(time.RFC3339), Name: p.Name, Phone: maskPhone(in.Phone), State: "等TA回复同意", StateEN: "asked, has not answered yet"}, nil
}

func (b *Bank) receiverOf(ctx context.Context, tx pgx.Tx, customer, id string) (record[receiver], error) {
	r, ok, err := recordOf[receiver](ctx, b, tx, customer, "alert_receiver", id)
	if err != nil || !ok || r.Status == "ended" {
		return r, orRefuse(err, unknownReceiver())
	}
	return r, nil
}

func (b *Bank) receiverEndSubject(ctx context.Context, tx pgx.Tx, c customerRow, bound map[string]string) (string, error) {
	r, err := b.receiverOf(ctx, tx, c.ID, bound["receiver"])
	if err != nil {
		return "", err
	}
	return "动账提醒不再发给" + r.Value.Name, nil
}

// receiverEnd ends what a relative is told. The relative hears of it: who wants
// the family not to know would begin here.
func (b *Bank) receiverEnd(ctx context.Context, tx pgx.Tx, a act, in ReceiverEndIn) (ReceiverDone, error) {
	c, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return ReceiverDone{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.receiverOf(ctx, tx, in.Customer, in.Receiver)
	if err != nil {
		return ReceiverDone{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L2", map[string]string{"receiver": in.Receiver}); err != nil {
		return ReceiverDone{}, err
	}
	number, err := b.number(ctx, tx, "A", a.now)
	if err != nil {
		return ReceiverDone{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "ended", r.Value); err != nil {
		return ReceiverDone{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: a.operation, Number: number, Counterparty: r.Value.Name})
	for _, phone := range []string{r.Value.Phone, c.Phone} {
		a.tell(Event{
			Kind: EventSMS, Customer: in.Customer, To: maskPhone(phone),
			Text: fmt.Sprintf("【示例银行】%s的动账提醒从%s起不再发给%s。", hiddenName(c.Name), a.now.Format("1月2日15:04"), r.Value.Name),
		})
	}
	return ReceiverDone{Number: number, Time: a.now.Format(time.RFC3339), Name: r.Value.Name, Phone: maskPhone(r.Value.Phone), State: "已停发", StateEN: "ended"}, nil
}
