package replay

import (
	"fmt"
	"strings"
	"time"
)

// readme tells an outsider what is in a pack and how to check it without us.
func readme(o *Opening, report Report) string {
	var b strings.Builder
	word := func(ok bool, yes, no string) string {
		if ok {
			return yes
		}
		return no
	}
	stamp := report.At.UTC().Format(time.RFC3339)
	length := fmt.Sprintf("%.1f s", float64(o.LengthMS)/1000)
	fmt.Fprintf(&b, `# 远程会话证据包

会话 %s · 开始 %s · 长度 %s · 打包时间 %s
打包时的核验结论：%s

| 内容 | 说明 |
|---|---|
| sealed/*.pdev | 封存的原始录制，逐秒签名、首尾相连；内容是密文，核验不需要密钥 |
| sealed/keys.json | 本行公布的公钥 |
| sealed/anchors.jsonl | 每个封签在录制当秒写入数据库的锚点 |
| playable/*.webm | 由原始录制导出的声音和画面，原样未转码，用浏览器或 VLC 就能打开 |
| playable/events.jsonl | 对话、表单、清单、标注、同意等，每行一条，at_ms 是距开始的毫秒数 |
| playable/manifest.json | 每个文件里有什么、缺了什么 |
| check.json | 打包时的核验报告 |
| FORMAT.md | 文件格式逐字节说明，足够他人自行写出核验程序 |
| SHA256SUMS | 包内各文件的校验和 |

## 怎样不依赖我们核验

1. 包没有传坏：在解开的目录里运行 sha256sum -c SHA256SUMS。
2. 公钥要以银行公布的为准：把 sealed/keys.json 与公布的名单对照，不要只信包里的这份。
3. 锚点要向保管锚点的一方另取一份，与 sealed/anchors.jsonl 对照。
4. 按 FORMAT.md 核对封签、哈希链和锚点。可以自己写程序，也可以用 pingdui：

       pingdui session verify sealed/*.pdev --keys sealed/keys.json --anchors sealed/anchors.jsonl

   任何一个字节被改动、删去、调换或截断，都会指出是哪一段、哪一秒。
5. 播放用的文件由密文导出。要证明两者一致，可在法院主持下由银行出示该会话的数据密钥，
   用 pingdui session export --key 重新导出后比较。

包里含客户的声音、画面和资料，只可用于打开时写明的用途。

`, o.Session.ID, o.Manifest.Started.UTC().Format(time.RFC3339), length, stamp,
		word(report.OK(), "与原始记录一致", fmt.Sprintf("有 %d 处与原始记录不符，见 check.json", len(report.Findings))))
	fmt.Fprintf(&b, `# Evidence of a remote session

Session %s · began %s · length %s · packed %s
The check when it was packed: %s

| what | |
|---|---|
| sealed/*.pdev | the sealed recording, signed each second and chained; it is encrypted, and checking it needs no key |
| sealed/keys.json | the public keys the bank has published |
| sealed/anchors.jsonl | what each seal said, stored in a database in the same second |
| playable/*.webm | sound and pictures taken from the recording as they were sent; a browser or VLC plays them |
| playable/events.jsonl | chat, form, check list, marks, consents, one a line; at_ms is milliseconds from the beginning |
| playable/manifest.json | what is in each file and what is missing |
| check.json | the checker's report when this was packed |
| FORMAT.md | the files byte by byte: enough to write a checker |
| SHA256SUMS | sums of the files of this pack |

## How to check it without us

1. The pack came through whole: sha256sum -c SHA256SUMS in the unpacked folder.
2. Take the public keys from where the bank published them and compare sealed/keys.json with that.
3. Ask who keeps the anchors for a copy of their own and compare sealed/anchors.jsonl with that.
4. Check seals, chain and anchors as FORMAT.md says, with a program of your own or with pingdui:

       pingdui session verify sealed/*.pdev --keys sealed/keys.json --anchors sealed/anchors.jsonl

   Every byte that was changed, taken out, moved or cut off is named with its segment and second.
5. The playable files come from the encrypted ones. To show that they agree, the bank can hand the
   session's data key to a court, which exports anew with pingdui session export --key and compares.

It holds a customer's voice, picture and data and may be used only for what it was opened for.
`, o.Session.ID, o.Manifest.Started.UTC().Format(time.RFC3339), length, stamp,
		word(report.OK(), "all is as it was written", fmt.Sprintf("%d places are not as they were written, see check.json", len(report.Findings))))
	return b.String()
}
