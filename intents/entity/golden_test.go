package entity_test

// golden is text → entities, one a line; - is none. now is Wednesday 2026-03-11 10:30.
const golden = `
三千五 → amount=3500.00
三千零五 → amount=3005.00
3.5万 → amount=35000.00
两万三 → amount=23000.00
一百二十块五 → amount=120.50
¥1,200.50 → amount=1200.50
￥１，２００．５０ → amount=1200.50
1k → amount=1000.00
2w → amount=20000.00
五百块钱 → amount=500.00
一毛五 → amount=0.15
3000元整 → amount=3000.00
two thousand → amount=2000.00
叁仟伍佰元 → amount=3500.00
叁仟伍佰元整 → amount=3500.00
三百五十 → amount=350.00
一百零五块 → amount=105.00
一万零五百 → amount=10500.00
十五块 → amount=15.00
两块五 → amount=2.50
三块五毛二 → amount=3.52
3元5角 → amount=3.50
5毛钱 → amount=0.50
八分钱 → amount=0.08
一千五百块半 → amount=1500.50
三点五万 → amount=35000.00
1.5亿 → amount=150000000.00
一亿二 → amount=120000000.00
3万5 → amount=35000.00
3万5千 → amount=35000.00
1万2千3百 → amount=12300.00
两百五 → amount=250.00
二十万 → amount=200000.00
十万零三百 → amount=100300.00
一百二 → amount=120.00
九千九百九十九 → amount=9999.00
转五千 → amount=5000.00
人民币三千 → currency=CNY amount=3000.00
500rmb → amount=500.00
500 yuan → amount=500.00
$500 → currency=USD amount=500.00
500美元 → amount=500.00 currency=USD
1000 dollars → amount=1000.00 currency=USD
换美元 → currency=USD
one hundred and twenty yuan → amount=120.00
twenty five thousand → amount=25000.00
a thousand yuan → amount=1000.00
1,234,567 → amount=1234567.00
三千左右 → amount=3000.00
大概两千多 → amount=2000.00
-5元 → amount!not_positive
负五百元 → amount!not_positive
0元 → amount!not_positive
3.456元 → amount!too_many_decimals
三点一四一元 → amount!too_many_decimals
99999999999999元 → amount!too_large
3500 → number=3500 code=3500
转3500给老王 → number=3500 person=老王
转3500元给老王 → amount=3500.00 person=老王
三百人 → number=300
两千个 → number=2000
别转三千 → amount=3000.00
不是三千是五千 → amount=3000.00 amount=5000.00
不要三百块 → amount=300.00
改成五百 → amount=500.00
今天 → date=2026-03-11
明天 → date=2026-03-12
后天 → date=2026-03-13
大后天 → date=2026-03-14
昨天 → date=2026-03-10
前天 → date=2026-03-09
大前天 → date=2026-03-08
后天下午三点 → datetime=2026-03-13T15:00
明天上午九点半 → datetime=2026-03-12T09:30
今晚八点 → datetime=2026-03-11T20:00
明早9点 → datetime=2026-03-12T09:00
下午三点 → datetime=2026-03-11T15:00
三点半 → datetime=2026-03-11T15:30
明天15:30 → datetime=2026-03-12T15:30
下周一上午10点一刻 → datetime=2026-03-16T10:15
明天中午十二点 → datetime=2026-03-12T12:00
明天三点五十分 → datetime=2026-03-12T15:50
下个月15号 → date=2026-04-15
下月15日 → date=2026-04-15
下个月三十一号 → date!no_such_date
上个月3号 → date=2026-02-03
31号 → date=2026-03-31
5号 → date=2026-04-05
3月31日 → date=2026-03-31
三月三十一号 → date=2026-03-31
2月30日 → date!no_such_date
2月29日 → date!no_such_date
13月5日 → date!no_such_date
31 February → date!no_such_date
2024年2月29日 → date=2024-02-29
2026-03-31 → date=2026-03-31
2026/4/1 → date=2026-04-01
2026-02-30 → date!no_such_date
二零二六年五月一号 → date=2026-05-01
这个月底 → date=2026-03-31
月底 → date=2026-03-31
下个月底 → date=2026-04-30
下月初 → date=2026-04-01
年底 → date=2026-12-31
明年3月1号 → date=2027-03-01
下周一 → date=2026-03-16
周五 → date=2026-03-13
这周五 → date=2026-03-13
上周五 → date=2026-03-06
下下周三 → date=2026-03-25
星期天 → date=2026-03-15
三天后 → date=2026-03-14
3个月前 → date=2025-12-11
一周后 → date=2026-03-18
next Monday at 3pm → datetime=2026-03-16T15:00
tomorrow at 3 → datetime=2026-03-12T15:00
tomorrow → date=2026-03-12
in 3 days → date=2026-03-14
two weeks ago → date=2026-02-25
March 31 → date=2026-03-31
31st of March → date=2026-03-31
the 15th → date=2026-03-15
the 15th of next month → date=2026-04-15
15 April 2027 → date=2027-04-15
on friday → date=2026-03-13
去年十月 → period=2025-10-01/2025-10-31
上个月 → period=2026-02-01/2026-02-28
最近三个月 → period=2025-12-12/2026-03-11
近半年 → period=2025-09-12/2026-03-11
去年 → period=2025-01-01/2025-12-31
2023年 → period=2023-01-01/2023-12-31
上周 → period=2026-03-02/2026-03-08
今年上半年 → period=2026-01-01/2026-06-30
二季度 → period=2026-04-01/2026-06-30
过去7天 → period=2026-03-05/2026-03-11
last month → period=2026-02-01/2026-02-28
last 3 months → period=2025-12-12/2026-03-11
this year → period=2026-01-01/2026-12-31
3月1号到3月15号 → period=2026-03-01/2026-03-15
2026-01-01至2026-02-01 → period=2026-01-01/2026-02-01
13年前给老王转过多少 → period=2013-01-01/2013-12-31 person=老王
十月的明细 → period=2025-10-01/2025-10-31
三年 → term=P3Y
半年 → term=P6M
6个月 → term=P6M
7天 → term=P7D
三年定期 → term=P3Y account=deposit
两年半 → term=P2Y6M
一个半月 → term=P1M15D
3 months → term=P3M
3-year → term=P3Y
一周 → term=P7D
存五万三年 → amount=50000.00 term=P3Y
百分之三点一五 → percent=3.15
3.15% → percent=3.15
３．１５％ → percent=3.15
千分之五 → percent=0.5
2.5 percent → percent=2.5
第二张 → ordinal=2
第三个 → ordinal=3
最后一个 → ordinal=-1
倒数第二笔 → ordinal=-2
the second one → ordinal=2
the last one → ordinal=-1
first → ordinal=1
the 2nd card → ordinal=2
13812345678 → phone=13812345678
138 1234 5678 → phone=13812345678
138-1234-5678 → phone=13812345678
+86 13812345678 → phone=13812345678
一三八一二三四五六七八 → phone=13812345678
尾号6688 → card_tail=6688
尾号是9那张 → card_tail=9
尾号六六八八 → card_tail=6688
后四位是6688 → card_tail=6688
ending in 6688 → card_tail=6688
6688那张卡 → card_tail=6688
不是尾号6688是尾号0317 → card_tail=6688 card_tail=0317
6222 0212 3456 7890 128 → card=6222021234567890128
6222 0212 3456 7890 129 → card!bad_check_digit
给李明明天转三百 → person=李明 date=2026-03-12 amount=300.00
三点五 → number=3.5
明天三点 → datetime=2026-03-12T15:00
查一下3月份的账单 → period=2026-03-01/2026-03-31
转账两次 → number=2
帮我查一下余额 → -
我要挂失 → -
单价8块8 → amount=8.80
转一万给我妈 → amount=10000.00 person=我妈
我爸的卡 → person=我爸
100块5毛 → amount=100.50
一千零一夜 → amount=1001.00
5000.00 → amount=5000.00
200 → number=200
存20万 → amount=200000.00
我今年72岁 → period=2026-01-01/2026-12-31 number=72
95开头 → number=95
7x24小时 → -
我家有老人 → -
小额免密 → -
跟老板说 → -
请帮我转账 → -
转到尾号0317的存折 → card_tail=0317 account=passbook
4111 1111 1111 1111 → card=4111111111111111
4111111111111112 → card!bad_check_digit
11010519491231002X → id_number=11010519491231002X
11010519491231002x → id_number=11010519491231002X
110105194912310021 → id_number!bad_check_digit
110105194913310029 → id_number!no_such_date
110105491231002 → id_number=11010519491231002X
验证码8831 → code=8831
密码是123456 → code=123456
my pin is 4321 → code=4321
123456 → number=123456 code=123456
给老王转500块 → person=老王 amount=500.00
转给小李三百 → person=小李 amount=300.00
给我儿子转两千 → person=我儿子 amount=2000.00
给爸转500元 → person=爸 amount=500.00
给妈妈打一千 → person=妈妈 amount=1000.00
给房东转房租3000元 → person=房东 amount=3000.00
转给王秀英五千 → person=王秀英 amount=5000.00
给李强转 → person=李强
汇给欧阳明月200元 → person=欧阳明月 amount=200.00
王秀英 → person=王秀英
是老王 → person=老王
不给老王转 → person=老王
给张先生转100块 → person=张先生 amount=100.00
send 500 yuan to my son → amount=500.00 person=my son
pay John Smith $20 → person=John Smith currency=USD amount=20.00
transfer to Emily → person=Emily
我儿子叫李强 → person=我儿子 person=李强
活期 → account=savings
储蓄卡 → account=savings
信用卡 → account=credit_card
房贷还剩多少 → account=mortgage
存折 → account=passbook
养老金 → account=pension
credit card bill → account=credit_card
定期转账 → -
余额 → -
查询余额 → -
谢谢 → -
老师好 → -
一下 → -
你好 → -
三心二意 → -
我在小区门口 → -
5个小时 → number=5
说一遍 → -
从活期转五万到信用卡 → account=savings amount=50000.00 account=credit_card
下周三给物业转1,500.5元 → date=2026-03-18 person=物业 amount=1500.50
`
