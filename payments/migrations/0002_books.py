"""The database refuses what does not balance, and every attempt to change the past."""

from django.db import migrations

BALANCE = """
CREATE FUNCTION payments_transaction_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM payments_entry e JOIN payments_account a ON a.id = e.account_id
        WHERE e.transaction_id = NEW.transaction_id
        GROUP BY a.currency HAVING sum(e.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', NEW.transaction_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transaction_balances';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER ledger_transaction_balances AFTER INSERT ON payments_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION payments_transaction_balances();
"""

HISTORY = """
CREATE FUNCTION payments_history_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ledger_history_stands';
END $$;
CREATE TRIGGER ledger_entry_stands BEFORE UPDATE OR DELETE ON payments_entry
    FOR EACH ROW EXECUTE FUNCTION payments_history_stands();
CREATE TRIGGER ledger_entry_not_emptied BEFORE TRUNCATE ON payments_entry
    FOR EACH STATEMENT EXECUTE FUNCTION payments_history_stands();
CREATE TRIGGER ledger_transaction_stands BEFORE UPDATE OR DELETE ON payments_transaction
    FOR EACH ROW EXECUTE FUNCTION payments_history_stands();
CREATE TRIGGER ledger_transaction_not_emptied BEFORE TRUNCATE ON payments_transaction
    FOR EACH STATEMENT EXECUTE FUNCTION payments_history_stands();
CREATE TRIGGER ledger_account_stands BEFORE UPDATE OR DELETE ON payments_account
    FOR EACH ROW EXECUTE FUNCTION payments_history_stands();
"""

UNDO = """
DROP TRIGGER ledger_transaction_balances ON payments_entry;
DROP TRIGGER ledger_entry_stands ON payments_entry;
DROP TRIGGER ledger_entry_not_emptied ON payments_entry;
DROP TRIGGER ledger_transaction_stands ON payments_transaction;
DROP TRIGGER ledger_transaction_not_emptied ON payments_transaction;
DROP TRIGGER ledger_account_stands ON payments_account;
DROP FUNCTION payments_transaction_balances();
DROP FUNCTION payments_history_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_money")]

    operations = [migrations.RunSQL(BALANCE + HISTORY, UNDO)]
