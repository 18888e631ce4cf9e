package sandboxbank

import (
	"context"
	"fmt"
)

// PutToSleep makes an account dormant, as years without use would.
func (b *Bank) PutToSleep(ctx context.Context, account string) error {
	if _, err := b.pool.Exec(ctx, `UPDATE bank.account SET status = 'dormant' WHERE id = $1`, account); err != nil {
		return fmt.Errorf("put to sleep: %w", err)
	}
	return nil
}
