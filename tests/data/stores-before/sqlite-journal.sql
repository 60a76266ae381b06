BEGIN TRANSACTION;
CREATE TABLE zhuce_salt (
	salt TEXT NOT NULL,
	PRIMARY KEY (salt)
);
INSERT INTO "zhuce_salt" VALUES('428bc8cb64ac53c29c22d7531e9e6d37f2f76885a969365cfb490503b365c579');
CREATE TABLE zhuce_schema (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT zhuce_schema_pkc PRIMARY KEY (version_num)
);
INSERT INTO "zhuce_schema" VALUES('0002');
CREATE TABLE zhuce_sessions (
	platform TEXT NOT NULL,
	user TEXT NOT NULL,
	chat TEXT NOT NULL,
	version INTEGER NOT NULL,
	touched_at BIGINT NOT NULL,
	v INTEGER NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (platform, user, chat)
)
 WITHOUT ROWID

;
CREATE TABLE zhuce_unanswered (
	seq INTEGER NOT NULL,
	at BIGINT NOT NULL,
	platform TEXT NOT NULL,
	person TEXT NOT NULL,
	reason TEXT NOT NULL,
	words TEXT NOT NULL,
	PRIMARY KEY (seq)
);
INSERT INTO "zhuce_unanswered" VALUES(1,1795320120000000,'web','04542fda21e8422c5f7d1823ce4f8124','no_data','我叫〔姓名〕 〔号码〕 补办要多少钱');
INSERT INTO "zhuce_unanswered" VALUES(2,1795320120000000,'web','04542fda21e8422c5f7d1823ce4f8124','out_of_domain','今天天气怎么样');
INSERT INTO "zhuce_unanswered" VALUES(3,1795320120000000,'web','0dfbcdd57819342c81255cd9ef64f32a','no_data_for_region','浙江二建在哪注册');
CREATE TABLE zhuce_updates (
	seq INTEGER NOT NULL,
	platform TEXT NOT NULL,
	user TEXT NOT NULL,
	chat TEXT NOT NULL,
	update_id TEXT NOT NULL,
	claimed_at BIGINT NOT NULL,
	version INTEGER NOT NULL,
	v INTEGER NOT NULL,
	reply TEXT NOT NULL,
	is_sent BOOLEAN NOT NULL,
	PRIMARY KEY (seq),
	UNIQUE (platform, user, chat, update_id)
);
CREATE TABLE zhuce_usage (
	day TEXT NOT NULL,
	platform TEXT NOT NULL,
	status TEXT NOT NULL,
	reason TEXT NOT NULL,
	entry TEXT NOT NULL,
	times INTEGER NOT NULL,
	PRIMARY KEY (day, platform, status, reason, entry)
)
 WITHOUT ROWID

;
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','answered','','initial-materials',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','answered','','portal-sichuan',3);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','answered','','renewal-deadline',2);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','clarify','ambiguous','',6);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','clarify','ambiguous','initial-deadline',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','procedure','','sichuan-registration',12);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','telegram','smalltalk','','',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','abstained','no_data','fees',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','abstained','no_data_for_region','',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','abstained','out_of_domain','',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','answered','','portal-sichuan',1);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','clarify','ambiguous','',2);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','procedure','','library-card',6);
INSERT INTO "zhuce_usage" VALUES('2026-11-22','web','procedure','','sichuan-registration',2);
CREATE INDEX zhuce_updates_by_age ON zhuce_updates (claimed_at);
CREATE INDEX zhuce_updates_unsent ON zhuce_updates (platform, seq) WHERE is_sent = 0;
CREATE INDEX zhuce_unanswered_by_age ON zhuce_unanswered (at);
CREATE INDEX zhuce_unanswered_by_person ON zhuce_unanswered (person);
COMMIT;
