package capture

import (
	"testing"

	"github.com/pingdui/pingdui/internal/capture/papertest"
)

func reader(t *testing.T) *Tesseract {
	t.Helper()
	r, err := FindTesseract()
	if err != nil {
		t.Fatalf("%v (make browser installs it)", err)
	}
	return r
}

// TestWhatStandsOnAPaperIsRead reads printed papers with the real command.
func TestWhatStandsOnAPaperIsRead(t *testing.T) {
	t.Parallel()
	r := reader(t)
	for _, c := range []struct {
		name  string
		lines []string
		want  map[string]string
	}{
		{"the back of an ID card", []string{"中华人民共和国 居民身份证", "签发机关 示例市公安局", "有效期限 2016.05.01-2036.05.01"}, map[string]string{"authority": "示例市公安局", "valid_until": "2036-05-01"}},
		{"one that never expires", []string{"签发机关：示例市公安局", "有效期限：2016.05.01-长期"}, map[string]string{"valid_until": "长期"}},
		{"a receipt", []string{"商户：示例便利店", "金额：1,280.00元", "谢谢惠顾"}, map[string]string{"amount": "1280.00"}},
		{"a certificate", []string{"死亡医学证明", "姓名：林玉珍", "死亡日期：2026年9月3日"}, map[string]string{"name": "林玉珍", "date": "2026-09-03"}},
		{"a bank card", []string{"示例银行 储蓄卡", "6214 8300 0000 4521", "VALID THRU 05/31"}, map[string]string{"card_tail": "4521"}},
		{"a contract", []string{"商品房买卖合同", "收款方：云庭置业有限公司", "金额：300000.00元"}, map[string]string{"payee": "云庭置业有限公司"}},
		{"a passport", []string{"PASSPORT", "Name LI WEI", "Date of expiry 2032-05-01"}, map[string]string{"name": "LI WEI", "valid_until": "2032-05-01"}},
		{"another paper", []string{"超市小票", "牛奶 两盒", "苹果 三斤"}, map[string]string{"valid_until": "", "card_tail": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lines, err := r.Read(t.Context(), papertest.Print(t, c.lines...))
			if err != nil {
				t.Fatal(err)
			}
			fields := make([]string, 0, len(c.want))
			for f := range c.want {
				fields = append(fields, f)
			}
			got := find(fields, lines)
			for f, want := range c.want {
				if got[f].Value != want || want == "" && got[f].Sure {
					t.Errorf("%s is %+v, want %q; read %+v", f, got[f], want, lines)
				}
			}
		})
	}
}
