CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL,
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE users (
	donna_user_id VARCHAR(100) NOT NULL,
	email VARCHAR(320),
	discord_id VARCHAR(32),
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
	last_login_at DATETIME,
	PRIMARY KEY (donna_user_id)
);

CREATE TABLE tasks (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	title VARCHAR(500) NOT NULL,
	description TEXT,
	domain VARCHAR(8) NOT NULL,
	priority INTEGER NOT NULL,
	status VARCHAR(13) NOT NULL,
	estimated_duration INTEGER,
	deadline DATETIME,
	deadline_type VARCHAR(4) NOT NULL,
	scheduled_start DATETIME,
	actual_start DATETIME,
	completed_at DATETIME,
	recurrence VARCHAR(200),
	dependencies JSON,
	parent_task VARCHAR(36),
	prep_work_flag BOOLEAN NOT NULL,
	prep_work_instructions TEXT,
	agent_eligible BOOLEAN NOT NULL,
	assigned_agent VARCHAR(100),
	agent_status VARCHAR(22),
	tags JSON,
	notes JSON,
	reschedule_count INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	created_via VARCHAR(7) NOT NULL,
	estimated_cost FLOAT,
	calendar_event_id VARCHAR(200),
	donna_managed BOOLEAN NOT NULL,
	nudge_count INTEGER DEFAULT '0' NOT NULL,
	quality_score FLOAT,
	capability_name TEXT,
	inputs_json TEXT,
	time_intent_json TEXT,
	PRIMARY KEY (id),
	FOREIGN KEY(parent_task) REFERENCES tasks (id)
);

CREATE TABLE escalation_request (
	id INTEGER NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	correlation_id VARCHAR(36) NOT NULL,
	task_id VARCHAR(36),
	task_type VARCHAR(100) NOT NULL,
	estimate_usd FLOAT NOT NULL,
	daily_remaining_usd FLOAT NOT NULL,
	offered_modes JSON NOT NULL,
	resolution VARCHAR(50),
	resolved_by VARCHAR(50),
	resolved_at DATETIME,
	mode VARCHAR(30),
	prompt_path VARCHAR(500),
	prompt_body TEXT,
	summary TEXT,
	result TEXT,
	validation_result JSON,
	branch_name VARCHAR(200),
	iteration INTEGER DEFAULT '1' NOT NULL,
	status VARCHAR(20) DEFAULT 'open' NOT NULL,
	created_at DATETIME NOT NULL,
	submitted_at DATETIME,
	validated_at DATETIME,
	merged_at DATETIME,
	priority INTEGER DEFAULT '2' NOT NULL,
	delivery_status VARCHAR(20),
	delivery_attempts INTEGER DEFAULT '0' NOT NULL,
	last_delivery_attempt_at DATETIME,
	parent_escalation_id INTEGER,
	human_review BOOLEAN DEFAULT '0' NOT NULL,
	target_paths JSON,
	base_sha VARCHAR(40),
	originating_entity_type VARCHAR(50),
	originating_entity_id TEXT,
	PRIMARY KEY (id),
	UNIQUE (correlation_id)
);

CREATE TABLE invocation_log (
	id VARCHAR(36) NOT NULL,
	timestamp DATETIME NOT NULL,
	task_type VARCHAR(100) NOT NULL,
	task_id VARCHAR(36),
	model_alias VARCHAR(100) NOT NULL,
	model_actual VARCHAR(200) NOT NULL,
	input_hash VARCHAR(16) NOT NULL,
	latency_ms INTEGER NOT NULL,
	tokens_in INTEGER NOT NULL,
	tokens_out INTEGER NOT NULL,
	cost_usd FLOAT NOT NULL,
	output JSON,
	quality_score FLOAT,
	is_shadow BOOLEAN NOT NULL,
	eval_session_id VARCHAR(36),
	spot_check_queued BOOLEAN NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	skill_id VARCHAR(36),
	escalation_request_id INTEGER,
	queue_wait_ms INTEGER,
	interrupted BOOLEAN DEFAULT '0' NOT NULL,
	chain_id VARCHAR(36),
	caller VARCHAR(100),
	estimated_tokens_in INTEGER,
	overflow_escalated BOOLEAN DEFAULT '0' NOT NULL,
	payload_path VARCHAR(300),
	trace_id VARCHAR(36),
	PRIMARY KEY (id),
	FOREIGN KEY(escalation_request_id) REFERENCES escalation_request (id)
);

CREATE TABLE daily_budget_extension (
	id INTEGER NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	date DATE NOT NULL,
	amount_usd FLOAT NOT NULL,
	granted_at DATETIME NOT NULL,
	granted_by VARCHAR(100) NOT NULL,
	escalation_request_id INTEGER NOT NULL,
	voided BOOLEAN DEFAULT '0' NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(escalation_request_id) REFERENCES escalation_request (id)
);

CREATE TABLE tool_request (
	id INTEGER NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	tool_name VARCHAR(200) NOT NULL,
	proposed_signature JSON,
	rationale TEXT,
	blocking_capability_id VARCHAR(36),
	priority INTEGER DEFAULT '3' NOT NULL,
	status VARCHAR(20) DEFAULT 'open' NOT NULL,
	severity VARCHAR(20) NOT NULL,
	detection_point VARCHAR(50) NOT NULL,
	snoozed_until DATETIME,
	first_seen_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
	last_seen_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL,
	resolved_at DATETIME,
	resolved_branch VARCHAR(200),
	escalation_request_id INTEGER,
	last_pinged_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(escalation_request_id) REFERENCES escalation_request (id)
);

CREATE TABLE dashboard_setting (
	"key" VARCHAR(200) NOT NULL,
	value JSON NOT NULL,
	updated_at DATETIME NOT NULL,
	updated_by VARCHAR(100) NOT NULL,
	PRIMARY KEY ("key")
);

CREATE TABLE nudge_events (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	task_id VARCHAR(36) NOT NULL,
	nudge_type VARCHAR(50) NOT NULL,
	channel VARCHAR(50) NOT NULL,
	escalation_tier INTEGER NOT NULL,
	message_text TEXT NOT NULL,
	llm_generated BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(task_id) REFERENCES tasks (id)
);

CREATE TABLE escalation_state (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	task_id VARCHAR(36) NOT NULL,
	task_title VARCHAR(500) NOT NULL,
	current_tier INTEGER NOT NULL,
	status VARCHAR(20) NOT NULL,
	next_escalation_at DATETIME,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE calendar_mirror (
	event_id VARCHAR(200) NOT NULL,
	user_id VARCHAR(100) DEFAULT 'nick' NOT NULL,
	calendar_id VARCHAR(200) NOT NULL,
	summary VARCHAR(500),
	start_time DATETIME NOT NULL,
	end_time DATETIME NOT NULL,
	donna_managed BOOLEAN NOT NULL,
	donna_task_id VARCHAR(36),
	etag VARCHAR(200),
	last_synced DATETIME NOT NULL,
	attendees TEXT,
	PRIMARY KEY (event_id)
);

CREATE TABLE conversation_sessions (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	channel VARCHAR(20) NOT NULL,
	pinned_task_id VARCHAR(36),
	status VARCHAR(20) NOT NULL,
	summary TEXT,
	created_at DATETIME NOT NULL,
	last_activity DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	message_count INTEGER DEFAULT '0' NOT NULL,
	pending_action TEXT,
	PRIMARY KEY (id),
	FOREIGN KEY(pinned_task_id) REFERENCES tasks (id)
);

CREATE TABLE conversation_messages (
	id VARCHAR(36) NOT NULL,
	session_id VARCHAR(36) NOT NULL,
	role VARCHAR(20) NOT NULL,
	content TEXT NOT NULL,
	intent VARCHAR(50),
	tokens_used INTEGER,
	action_name VARCHAR(100),
	action_result TEXT,
	trace_id VARCHAR(36),
	invocation_ids TEXT,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(session_id) REFERENCES conversation_sessions (id)
);

CREATE TABLE conversation_context (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	task_id VARCHAR(36),
	agent_id VARCHAR(100),
	questions_asked JSON,
	responses_received JSON,
	status VARCHAR(20) NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	hard_expires_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE negotiation_proposals (
	proposal_id VARCHAR(36) NOT NULL,
	task_id VARCHAR(36) NOT NULL,
	slot_start TEXT NOT NULL,
	slot_end TEXT NOT NULL,
	moves_json TEXT NOT NULL,
	status VARCHAR(20) NOT NULL,
	cost FLOAT,
	created_at TEXT NOT NULL,
	expires_at TEXT NOT NULL,
	PRIMARY KEY (proposal_id)
);

CREATE TABLE overdue_thread_map (
	discord_thread_id VARCHAR(32) NOT NULL,
	task_id VARCHAR(36) NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (discord_thread_id)
);

CREATE TABLE thread_memory (
	id INTEGER NOT NULL,
	thread_id VARCHAR(32) NOT NULL,
	context_type VARCHAR(50) NOT NULL,
	task_id VARCHAR(36),
	role VARCHAR(20) NOT NULL,
	content TEXT NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE pending_action_plan (
	id VARCHAR(36) NOT NULL,
	thread_id VARCHAR(32) NOT NULL,
	task_id VARCHAR(36),
	actions JSON NOT NULL,
	status VARCHAR(20) NOT NULL,
	created_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE capability_gap (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	description TEXT NOT NULL,
	status VARCHAR(30) NOT NULL,
	hit_count INTEGER DEFAULT '1' NOT NULL,
	created_at DATETIME NOT NULL,
	last_seen_at DATETIME NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE correction_log (
	id VARCHAR(36) NOT NULL,
	timestamp DATETIME NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	task_type VARCHAR(100) NOT NULL,
	task_id VARCHAR(36) NOT NULL,
	input_text TEXT NOT NULL,
	field_corrected VARCHAR(100) NOT NULL,
	original_value TEXT NOT NULL,
	corrected_value TEXT NOT NULL,
	rule_extracted VARCHAR(36),
	PRIMARY KEY (id)
);

CREATE TABLE learned_preferences (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	rule_type VARCHAR(50) NOT NULL,
	rule_text TEXT NOT NULL,
	confidence FLOAT NOT NULL,
	condition JSON,
	action JSON,
	supporting_corrections JSON,
	enabled BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	disabled_at DATETIME,
	PRIMARY KEY (id)
);

CREATE TABLE capability (
	id VARCHAR(36) NOT NULL,
	name VARCHAR(200) NOT NULL,
	description TEXT NOT NULL,
	input_schema TEXT NOT NULL,
	trigger_type VARCHAR(20) NOT NULL,
	default_output_shape TEXT,
	tools_json TEXT,
	status VARCHAR(20) NOT NULL,
	embedding BLOB,
	created_at DATETIME NOT NULL,
	created_by VARCHAR(50) NOT NULL,
	notes TEXT,
	cadence_policy_override TEXT,
	PRIMARY KEY (id),
	UNIQUE (name)
);

CREATE TABLE skill (
	id VARCHAR(36) NOT NULL,
	capability_name VARCHAR(200) NOT NULL,
	current_version_id VARCHAR(36),
	state VARCHAR(30) NOT NULL,
	requires_human_gate BOOLEAN NOT NULL,
	baseline_agreement FLOAT,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (capability_name),
	FOREIGN KEY(capability_name) REFERENCES capability (name)
);

CREATE TABLE skill_version (
	id VARCHAR(36) NOT NULL,
	skill_id VARCHAR(36) NOT NULL,
	version_number INTEGER NOT NULL,
	yaml_backbone TEXT NOT NULL,
	step_content JSON NOT NULL,
	output_schemas JSON NOT NULL,
	created_by VARCHAR(50) NOT NULL,
	changelog TEXT,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_id) REFERENCES skill (id)
);

CREATE TABLE skill_state_transition (
	id VARCHAR(36) NOT NULL,
	skill_id VARCHAR(36) NOT NULL,
	from_state VARCHAR(30) NOT NULL,
	to_state VARCHAR(30) NOT NULL,
	reason VARCHAR(50) NOT NULL,
	actor VARCHAR(20) NOT NULL,
	actor_id VARCHAR(100),
	at DATETIME NOT NULL,
	notes TEXT,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_id) REFERENCES skill (id)
);

CREATE TABLE automation (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	name VARCHAR(200) NOT NULL,
	capability_name VARCHAR(200) NOT NULL,
	inputs JSON NOT NULL,
	trigger_type VARCHAR(20) NOT NULL,
	schedule VARCHAR(100),
	active_cadence_cron VARCHAR(100),
	alert_conditions JSON,
	alert_channels JSON,
	max_cost_per_run_usd FLOAT,
	min_interval_seconds INTEGER NOT NULL,
	status VARCHAR(20) NOT NULL,
	last_run_at DATETIME,
	next_run_at DATETIME,
	run_count INTEGER DEFAULT '0' NOT NULL,
	failure_count INTEGER DEFAULT '0' NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	created_via VARCHAR(20) NOT NULL,
	state_blob JSON,
	gpu_model VARCHAR(100),
	preferred_window VARCHAR(50),
	PRIMARY KEY (id),
	CONSTRAINT uq_automation_user_name UNIQUE (user_id, name),
	FOREIGN KEY(capability_name) REFERENCES capability (name)
);

CREATE TABLE automation_run (
	id VARCHAR(36) NOT NULL,
	automation_id VARCHAR(36) NOT NULL,
	started_at DATETIME NOT NULL,
	finished_at DATETIME,
	status VARCHAR(20) NOT NULL,
	execution_path VARCHAR(20) NOT NULL,
	skill_run_id VARCHAR(36),
	invocation_log_id VARCHAR(36),
	output JSON,
	alert_sent BOOLEAN DEFAULT '0' NOT NULL,
	alert_content TEXT,
	error TEXT,
	cost_usd FLOAT,
	PRIMARY KEY (id),
	FOREIGN KEY(automation_id) REFERENCES automation (id)
);

CREATE TABLE skill_run (
	id VARCHAR(36) NOT NULL,
	skill_id VARCHAR(36) NOT NULL,
	skill_version_id VARCHAR(36) NOT NULL,
	task_id VARCHAR(36),
	automation_run_id VARCHAR(36),
	status VARCHAR(20) NOT NULL,
	total_latency_ms INTEGER,
	total_cost_usd FLOAT,
	state_object JSON NOT NULL,
	tool_result_cache JSON,
	final_output JSON,
	escalation_reason TEXT,
	error TEXT,
	user_id VARCHAR(100) NOT NULL,
	started_at DATETIME NOT NULL,
	finished_at DATETIME,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_id) REFERENCES skill (id),
	FOREIGN KEY(skill_version_id) REFERENCES skill_version (id)
);

CREATE TABLE skill_step_result (
	id VARCHAR(36) NOT NULL,
	skill_run_id VARCHAR(36) NOT NULL,
	step_name VARCHAR(200) NOT NULL,
	step_index INTEGER NOT NULL,
	step_kind VARCHAR(20) NOT NULL,
	invocation_log_id VARCHAR(36),
	prompt_tokens INTEGER,
	output JSON,
	tool_calls JSON,
	latency_ms INTEGER,
	validation_status VARCHAR(30) NOT NULL,
	error TEXT,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_run_id) REFERENCES skill_run (id)
);

CREATE TABLE skill_divergence (
	id VARCHAR(36) NOT NULL,
	skill_run_id VARCHAR(36) NOT NULL,
	shadow_invocation_id VARCHAR(36) NOT NULL,
	overall_agreement FLOAT NOT NULL,
	diff_summary JSON,
	flagged_for_evolution BOOLEAN NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_run_id) REFERENCES skill_run (id)
);

CREATE TABLE skill_candidate_report (
	id VARCHAR(36) NOT NULL,
	capability_name VARCHAR(200),
	task_pattern_hash VARCHAR(64),
	expected_savings_usd FLOAT NOT NULL,
	volume_30d INTEGER NOT NULL,
	variance_score FLOAT,
	status VARCHAR(30) NOT NULL,
	reported_at DATETIME NOT NULL,
	resolved_at DATETIME,
	reasoning TEXT,
	manual_draft_at DATETIME,
	pattern_fingerprint VARCHAR(64),
	PRIMARY KEY (id)
);

CREATE TABLE skill_evolution_log (
	id VARCHAR(36) NOT NULL,
	skill_id VARCHAR(36) NOT NULL,
	from_version_id VARCHAR(36),
	to_version_id VARCHAR(36),
	triggered_by VARCHAR(50) NOT NULL,
	diagnosis JSON,
	targeted_case_ids JSON,
	validation_results JSON,
	outcome VARCHAR(30) NOT NULL,
	at DATETIME NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_id) REFERENCES skill (id)
);

CREATE TABLE skill_fixture (
	id VARCHAR(36) NOT NULL,
	skill_id VARCHAR(36) NOT NULL,
	case_name VARCHAR(200) NOT NULL,
	input JSON NOT NULL,
	expected_output_shape JSON,
	source VARCHAR(50) NOT NULL,
	captured_run_id VARCHAR(36),
	created_at DATETIME NOT NULL,
	tool_mocks JSON,
	PRIMARY KEY (id),
	FOREIGN KEY(skill_id) REFERENCES skill (id)
);

CREATE TABLE memory_documents (
	id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	source_type VARCHAR(20) NOT NULL,
	source_id VARCHAR(500) NOT NULL,
	title VARCHAR(500),
	uri VARCHAR(500),
	content_hash VARCHAR(64) NOT NULL,
	created_at DATETIME NOT NULL,
	updated_at DATETIME NOT NULL,
	deleted_at DATETIME,
	sensitive BOOLEAN DEFAULT '0' NOT NULL,
	metadata_json TEXT,
	PRIMARY KEY (id),
	CONSTRAINT uq_memory_documents_source UNIQUE (user_id, source_type, source_id)
);

CREATE TABLE memory_chunks (
	chunk_id VARCHAR(36) NOT NULL,
	document_id VARCHAR(36) NOT NULL,
	user_id VARCHAR(100) NOT NULL,
	chunk_index INTEGER NOT NULL,
	content TEXT NOT NULL,
	content_hash VARCHAR(64) NOT NULL,
	heading_path TEXT,
	token_count INTEGER NOT NULL,
	embedding_version VARCHAR(50) NOT NULL,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (chunk_id),
	FOREIGN KEY(document_id) REFERENCES memory_documents (id) ON DELETE CASCADE
);
