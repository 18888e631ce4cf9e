package sandboxbank

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// device is a phone or browser that the customer's login knows, as kept.
type device struct {
	Name     string `json:"name"`
	NameEN   string `json:"name_en"`
	City     string `json:"city"`
	CityEN   string `json:"city_en"`
	LastOn   string `json:"last_on"`
	Current  bool   `json:"current"`
	Stranger bool   `json:"stranger"` // not seen before the last days
}

// Device is one device that is signed in.
type Device struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	NameEN   string `json:"name_en"`
	City     string `json:"city"`
	CityEN   string `json:"city_en"`
	LastOn   string `json:"last_on"`
	Current  bool   `json:"current" doc:"The one in the customer's hand"`
	Stranger bool   `json:"stranger"`
}

// Devices is every device that is signed in.
type Devices struct {
	Devices []Device `json:"devices" nullable:"false"`
}

// DeviceRemoveIn signs a device out.
type DeviceRemoveIn struct {
	CustomerIn
	Device    string `json:"device" maxLength:"60"`
	Reference string `json:"reference" maxLength:"100"`
}

// DeviceRemove is a device that is out.
type DeviceRemove struct {
	Number string `json:"number"`
	Time   string `json:"time"`
	Name   string `json:"name"`
	NameEN string `json:"name_en"`
}

func (d DeviceRemove) number() string { return d.Number }

// LoginPasswordIn sets the login password, which is in the reference.
type LoginPasswordIn struct {
	CustomerIn
	What      string `json:"what" enum:"login"`
	Reference string `json:"reference" maxLength:"100"`
}

// LoginPassword is a login password that was set. Sessions go on.
type LoginPassword struct {
	Number string `json:"number"`
	Time   string `json:"time"`
}

func (p LoginPassword) number() string { return p.Number }

func unknownDevice() *Refusal {
	return refuse("device_unknown", "没有查到这台设备，可能已经退出。", "That device was not found; it may be signed out already.")
}

func ownDevice() *Refusal {
	return refuse("own_device", "这是您正在用的设备，踢掉就断了，没有办理。要退出请在“我的”里退出登录。",
		"This is the device in your hand, so it was left in. Sign out in the app if you wish.")
}

func (b *Bank) devicesList(ctx context.Context, in CustomerIn) (Devices, error) {
	rows, err := recordsOf[device](ctx, b, b.pool, in.Customer, "device")
	if err != nil {
		return Devices{}, err
	}
	out := Devices{Devices: []Device{}}
	for _, r := range rows {
		if r.Status == "active" {
			v := r.Value
			out.Devices = append(out.Devices, Device{
				ID: r.ID, Name: v.Name, NameEN: v.NameEN, City: v.City, CityEN: v.CityEN, LastOn: v.LastOn, Current: v.Current, Stranger: v.Stranger,
			})
		}
	}
	return out, nil
}

func (b *Bank) deviceOf(ctx context.Context, tx pgx.Tx, customer, id string) (record[device], error) {
	r, ok, err := recordOf[device](ctx, b, tx, customer, "device", id)
	switch {
	case err != nil || !ok || r.Status != "active":
		return r, orRefuse(err, unknownDevice())
	case r.Value.Current:
		return r, ownDevice()
	}
	return r, nil
}

func (b *Bank) deviceSubject(ctx context.Context, tx pgx.Tx, customer customerRow, bound map[string]string) (string, error) {
	r, err := b.deviceOf(ctx, tx, customer.ID, bound["device"])
	if err != nil {
		return "", err
	}
	return "移除登录设备" + r.Value.Name, nil
}

func (b *Bank) deviceRemove(ctx context.Context, tx pgx.Tx, a act, in DeviceRemoveIn) (DeviceRemove, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return DeviceRemove{}, orRefuse(err, unknownCustomer())
	}
	r, err := b.deviceOf(ctx, tx, in.Customer, in.Device)
	if err != nil {
		return DeviceRemove{}, err
	}
	if _, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", map[string]string{"device": in.Device}); err != nil {
		return DeviceRemove{}, err
	}
	number, err := b.number(ctx, tx, "E", a.now)
	if err != nil {
		return DeviceRemove{}, err
	}
	if err := b.changeRecord(ctx, tx, a, r.ID, "removed", r.Value); err != nil {
		return DeviceRemove{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.device_remove", Number: number})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】设备%s已于%s被您移除，不能再登录。", r.Value.Name, a.now.Format("1月2日15:04")),
	})
	return DeviceRemove{Number: number, Time: a.now.Format(time.RFC3339), Name: r.Value.Name, NameEN: r.Value.NameEN}, nil
}

// loginPassword keeps the hash of the new login password. Whoever is signed in
// stays so, this conversation too.
func (b *Bank) loginPassword(ctx context.Context, tx pgx.Tx, a act, in LoginPasswordIn) (LoginPassword, error) {
	customer, ok, err := one[customerRow](ctx, b, tx, "CustomerLocked", in.Customer)
	if err != nil || !ok {
		return LoginPassword{}, orRefuse(err, unknownCustomer())
	}
	proof, err := b.consume(ctx, tx, a, in.Customer, in.Reference, "L3", map[string]string{"what": in.What})
	if err != nil {
		return LoginPassword{}, err
	}
	number, err := b.number(ctx, tx, "W", a.now)
	if err != nil {
		return LoginPassword{}, err
	}
	kept := map[string][]byte{"salt": proof.PINSalt, "hash": proof.PINHash}
	if err := b.addRecord(ctx, tx, a, in.Customer, "login_password", number, "active", kept); err != nil {
		return LoginPassword{}, err
	}
	a.tell(Event{Kind: EventChange, Customer: in.Customer, Operation: "bank.login_password", Number: number})
	a.tell(Event{
		Kind: EventSMS, Customer: in.Customer, To: maskPhone(customer.Phone),
		Text: fmt.Sprintf("【示例银行】您的登录密码已于%s修改。若非本人操作请立即联系我们。", a.now.Format("1月2日15:04")),
	})
	return LoginPassword{Number: number, Time: a.now.Format(time.RFC3339)}, nil
}
