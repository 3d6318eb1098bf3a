//! The ports of app carried out: provisioning, messages, webhooks.
