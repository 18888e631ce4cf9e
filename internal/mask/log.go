package mask

import (
	"context"
	"fmt"
	"log/slog"
)

// Handler wraps a log handler so that nothing personal reaches it: messages,
// string and error values, and what other values print as, go through Text.
func Handler(h slog.Handler) slog.Handler { return handler{next: h} }

type handler struct{ next slog.Handler }

// Enabled asks the wrapped handler.
func (h handler) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

// Handle masks one record.
func (h handler) Handle(ctx context.Context, r slog.Record) error {
	out := slog.NewRecord(r.Time, r.Level, Text(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(attr(a))
		return true
	})
	return h.next.Handle(ctx, out) //nolint:wrapcheck // a handler is transparent
}

// WithAttrs masks attributes that every record will carry.
func (h handler) WithAttrs(as []slog.Attr) slog.Handler {
	masked := make([]slog.Attr, len(as))
	for i, a := range as {
		masked[i] = attr(a)
	}
	return handler{next: h.next.WithAttrs(masked)}
}

// WithGroup opens a group in the wrapped handler.
func (h handler) WithGroup(name string) slog.Handler { return handler{next: h.next.WithGroup(name)} }

func attr(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, keyed(a.Key, v.String()))
	case slog.KindGroup:
		group := v.Group()
		masked := make([]any, len(group))
		for i, g := range group {
			masked[i] = attr(g)
		}
		return slog.Group(a.Key, masked...)
	case slog.KindInt64, slog.KindUint64:
		if s := v.String(); Text(s) != s {
			return slog.String(a.Key, Text(s))
		}
	case slog.KindAny:
		// Values print through their own String, Error or fields; only when that
		// holds something to mask is the masked print logged instead.
		if s := fmt.Sprintf("%+v", v.Any()); keyed(a.Key, s) != s {
			return slog.String(a.Key, keyed(a.Key, s))
		}
	case slog.KindBool, slog.KindDuration, slog.KindFloat64, slog.KindTime, slog.KindLogValuer:
	}
	return a
}

// keyed masks a value whole where its key names a secret, else as text.
func keyed(key, value string) string {
	switch key {
	case "pin", "password", "passwd", "secret", "otp", "cvv", "token", "authorization":
		return "******"
	}
	return Text(value)
}
