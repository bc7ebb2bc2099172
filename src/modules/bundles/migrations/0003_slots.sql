-- Times chosen for appointments of members, {member: "2026-11-24 09:00-09:30"}; taken when the application is sent.
ALTER TABLE bundle_file ADD COLUMN slots {text} NOT NULL DEFAULT '{}';
