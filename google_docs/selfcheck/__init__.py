"""The contract against whatever Google is configured, real or double, in a scratch folder."""
