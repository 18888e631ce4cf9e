package sandboxbank

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/jackc/pgx/v5"

	"github.com/pingdui/pingdui/internal/sandboxbank/fen"
)

// everything is all other devices, or all payments that were listed.
const everything = "all"

// TakeoverIn secures accounts that somebody else got into: devices out, a new login
// password, what was lost written down, money out at rest for a day.
type TakeoverIn struct {
	CheckedIn
	Device    string `json:"device" maxLength:"60" doc:"One device, or all but the one in hand"`
	Loss      string `json:"loss" maxLength:"40" doc:"A payment that was not the customer's, all of the last days, or none"`
	Statement string `json:"statement" maxLength:"100" doc:"The hash of the signed statement for the police"`
}

// Takeover is what was done.
type Takeover struct {
	Number  string `json:"number"`
	Time    string `json:"time"`
	Devices string `json:"devices" doc:"Names of the devices that are out, joined with 、"`
	Lost    string `json:"lost" doc:"The sum that was lost"`
	Times   int    `json:"times" doc:"How many payments"`
	Until   string `json:"until" doc:"Until when nothing goes out"`
}

func (t Takeover) number() string { return t.Number }

// takeoverCase is a case as kept, for the police.
type takeoverCase struct {
	Devices   []string          `json:"devices"`
	Payments  []RecentTransfer  `json:"payments"`
	Lost      string            `json:"lost"`
	Statement string            `json:"statement"`
	Until     time.Time         `json:"until"`
	Bound     map[string]string `json:"bound"`
}

func (b *Bank) takeoverRoutes(api huma.API) {
	change(b, api, business{
		operation: "bank.takeover_secure", summary: "Secure accounts that somebody else got into", level: "L4", bound: []string{"device", "loss", "statement", "review"},
		subject: func(context.Context, pgx.Tx, customerRow, map[string]string) (string, error) {
			return "账户被盗用处置：踢出设备、改登录密码", nil
		},
		secrets: []SecureField{
			{Name: "new_pin", Label: "新登录密码", LabelEN: "New login password", Digits: 6},
			{Name: "new_pin_again", Label: "再输一次新登录密码", LabelEN: "New login password again", Digits: 6},
		},
	}, b.takeoverSecure)
}

// strangers are the devices to put out: one, or all but the one in hand.
func (b *Bank) strangers(ctx context.Context, tx pgx.Tx, customer, which string) ([]record[device], error) {
	if which != everything {
		r, err := b.deviceOf(ctx, tx, customer, which)
		if err != nil {
			return nil, err
		}
		return []record[device]{r}, nil
	}
	rows, err := recordsOf[device](ctx, b, tx, customer, "device")
	if err != nil {
		return nil, err
	}
	var out []record[device]
	for _, r := range rows {
		if r.Status == "active" && !r.Value.Current {
			out = append(out, r)
		}
	}
	return out, nil
}

// lost are the payments that were not the customer's, and their sum.
func (b *Bank) lost(ctx context.Context, tx pgx.Tx, customer, which string) ([]RecentTransfer, fen.Fen, error) {
	if which == "none" {
		return []RecentTransfer{}, 0, nil
	}
	rows, err := b.recentOf(ctx, tx, customer)
	if err != nil {
		return nil, 0, err
	}
	out, sum := []RecentTransfer{}, fen.Fen(0)
	for _, r := range rows {
		if which == everything || which == r.Number {
			sum += r.AmountFen
			out = append(out, RecentTransfer{
				ID: r.Number, Name: r.Party, NameEN: r.Party, Amount: r.AmountFen.String(), Tail: r.Tail, Time: r.BookedAt.In(b.cfg.Zone).Format(time.RFC3339),
			})
		}
	}
	if len(out) == 0 && which != everything {
		return nil, 0, refuse("transfer_unknown", "没有查到这笔转账，请重新选择，或说“人工”由专席处理。", "That transfer was not found. Please choose again or ask for a person.")
	}
	return out, sum, nil
}

func (b *Bank) takeoverSecure(ctx context.Context, tx pgx.Tx, a act, in TakeoverIn) (Takeover, error) {
	customer, err := b.lockedCustomer(ctx, tx, in.Customer)
	if err != nil {
		return Takeover{}, err
	}
	out, err := b.strangers(ctx, tx, in.Customer, in.Device)
	if err != nil {
		return Takeover{}, err
	}
	payments, sum, err := b.lost(ctx, tx, in.Customer, in.Loss)
	if err != nil {
		return Takeover{}, err
	}
	bound := map[string]string{"device": in.Device, "loss": in.Loss, "statement": in.Statement}
	p, err := b.checkedProof(ctx, tx, a, in.CheckedIn, false, bound)
	if err != nil {
		return Takeover{}, err
	}
	number, err := b.number(ctx, tx, "X", a.now)
	if err != nil {
		return Takeover{}, err
	}
	kept := takeoverCase{Devices: []string{}, Payments: payments, Lost: sum.String(), Statement: in.Statement, Until: a.now.Add(heldFor), Bound: bound}
	for _, r := range out {
		if err := b.changeRecord(ctx, tx, a, r.ID, "removed", r.Value); err != nil {
			return Takeover{}, err
		}
		kept.Devices = append(kept.Devices, r.Value.Name)
	}
	for _, keep := range []struct {
		kind, id, status string
		body             any
	}{
		{"login_password", number + "-W", "active", map[string][]byte{"salt": p.PINSalt, "hash": p.PINHash}},
		{"safety_pause", number + "-P", "active", pause{Until: kept.Until}},
		{"takeover_case", number, "open", kept},
	} {
		if err := b.addRecord(ctx, tx, a, in.Customer, keep.kind, keep.id, keep.status, keep.body); err != nil {
			return Takeover{}, err
		}
	}
	b.told(a, customer, number, "", fmt.Sprintf("账户安全处置已完成，编号%s：登录密码已改，陌生设备已退出，转出暂停24小时。请凭编号报警110。", number))
	return Takeover{
		Number: number, Time: a.now.Format(time.RFC3339), Devices: strings.Join(kept.Devices, "、"), Lost: kept.Lost, Times: len(payments),
		Until: kept.Until.In(b.cfg.Zone).Format(time.RFC3339),
	}, nil
}
