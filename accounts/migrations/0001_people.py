import accounts.models.users
import common.clock
import common.ids
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('public_id', models.CharField(default=common.ids.new_id, editable=False, max_length=32, unique=True)),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail address')),
                ('name', models.CharField(blank=True, max_length=80, verbose_name='name')),
                ('language', models.CharField(default='en', max_length=8, verbose_name='language')),
                ('is_moderator', models.BooleanField(default=False, verbose_name='moderator')),
                ('is_support', models.BooleanField(default=False, verbose_name='support')),
                ('is_staff', models.BooleanField(default=False, verbose_name='may enter the back office')),
                ('is_active', models.BooleanField(default=True, verbose_name='may sign in')),
                ('joined_at', models.DateTimeField(default=common.clock.now, verbose_name='joined')),
                ('suspended_at', models.DateTimeField(blank=True, null=True, verbose_name='suspended')),
                ('suspension_reason', models.CharField(blank=True, max_length=200, verbose_name='reason of suspension')),
                ('erased_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                ('credentials_changed_at', models.DateTimeField(blank=True, null=True)),
                ('muted_mail', models.JSONField(blank=True, default=list, help_text='Kinds of notification not sent by e-mail.')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'account',
                'verbose_name_plural': 'accounts',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='user_email_unique')],
            },
            managers=[
                ('objects', accounts.models.users.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(help_text='noun.verb in the past tense: listing.published', max_length=60)),
                ('object_type', models.CharField(max_length=40)),
                ('object_id', models.CharField(max_length=64)),
                ('object_label', models.CharField(blank=True, max_length=200)),
                ('reason', models.TextField(blank=True)),
                ('data', models.JSONField(blank=True, default=dict)),
                ('created_at', models.DateTimeField(default=common.clock.now)),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='activities', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'activity',
                'verbose_name_plural': 'activity',
                'indexes': [models.Index(fields=['object_type', 'object_id', '-created_at'], name='activity_object'), models.Index(fields=['actor', '-created_at'], name='activity_actor')],
            },
        ),
        migrations.CreateModel(
            name='ApiToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=common.ids.new_id, editable=False, max_length=32, unique=True)),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('hint', models.CharField(help_text='The first characters, to recognise it by.', max_length=16)),
                ('digest', models.CharField(help_text='SHA-256 of the token, hexadecimal.', max_length=64, unique=True)),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('read', 'Read what the account sees, buy, review'), ('library', 'Read what was bought'), ('sell', 'List and manage prompts, see sales'), ('moderate', 'Work on moderation cases')], max_length=12), size=None, verbose_name='scopes')),
                ('created_at', models.DateTimeField(default=common.clock.now)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'API token',
                'verbose_name_plural': 'API tokens',
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('terms', 'Terms of use'), ('immediate_delivery', 'Delivery at once'), ('withdrawal_lost', 'Right of withdrawal given up'), ('right_to_sell', 'Right to sell')], max_length=24)),
                ('version', models.CharField(max_length=20)),
                ('language', models.CharField(max_length=8)),
                ('wording', models.TextField()),
                ('subject', models.CharField(blank=True, help_text='order:<number> or listing:<slug>@<revision>', max_length=64)),
                ('given_at', models.DateTimeField(default=common.clock.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['subject'], name='consent_subject')],
            },
        ),
        migrations.CreateModel(
            name='IdempotentCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=255)),
                ('fingerprint', models.CharField(help_text='SHA-256 of method, path and body.', max_length=64)),
                ('status', models.PositiveSmallIntegerField(help_text='Null while the first call is running.', null=True)),
                ('body', models.JSONField(null=True)),
                ('headers', models.JSONField(default=dict)),
                ('leased_until', models.DateTimeField(null=True)),
                ('created_at', models.DateTimeField(default=common.clock.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['created_at'], name='idempotent_call_age')],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='idempotent_call_unique')],
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.CharField(default=common.ids.new_id, editable=False, max_length=32, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('data', models.JSONField(default=dict)),
                ('url', models.CharField(blank=True, max_length=300)),
                ('key', models.CharField(blank=True, max_length=120, null=True)),
                ('created_at', models.DateTimeField(default=common.clock.now)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['user', '-created_at'], name='notification_newest')],
                'constraints': [models.UniqueConstraint(fields=('user', 'key'), name='notification_told_once')],
            },
        ),
        migrations.CreateModel(
            name='OutboxEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handler', models.CharField(help_text='Registered name, as payments.deliver_receipt', max_length=80)),
                ('arguments', models.JSONField(default=dict, help_text='Ids and other primitives, never words of a person.')),
                ('key', models.CharField(blank=True, max_length=120, null=True, unique=True)),
                ('created_at', models.DateTimeField(default=common.clock.now)),
                ('due_at', models.DateTimeField(default=common.clock.now)),
                ('leased_until', models.DateTimeField(blank=True, null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('error', models.CharField(blank=True, help_text='Class of the last error, without its words.', max_length=200)),
                ('done_at', models.DateTimeField(blank=True, null=True)),
                ('parked_at', models.DateTimeField(blank=True, help_text='Given up; a person has to look.', null=True)),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('done_at', None), ('parked_at', None)), fields=['due_at'], name='outbox_waiting'), models.Index(condition=models.Q(('done_at__isnull', False)), fields=['done_at'], name='outbox_done')],
            },
        ),
        migrations.CreateModel(
            name='SellerProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('handle', models.CharField(max_length=30, validators=[django.core.validators.RegexValidator('^[a-z0-9](?:[a-z0-9-]{1,28}[a-z0-9])\\Z', 'Use 3 to 30 letters (a to z), digits and hyphens, beginning and ending with a letter or digit.')], verbose_name='handle')),
                ('name', models.CharField(max_length=60, verbose_name='name')),
                ('bio', models.TextField(blank=True, max_length=600, verbose_name='about you')),
                ('website', models.URLField(blank=True, verbose_name='web site')),
                ('country', models.CharField(default='US', help_text='ISO 3166-1 alpha-2', max_length=2, verbose_name='country')),
                ('picture', models.ImageField(blank=True, max_length=200, upload_to='sellers/', verbose_name='picture')),
                ('is_new_voice', models.BooleanField(default=True, help_text='Fewer than ten sales so far.')),
                ('created_at', models.DateTimeField(default=common.clock.now)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seller_profile', to=settings.AUTH_USER_MODEL, verbose_name='account')),
            ],
            options={
                'verbose_name': 'seller',
                'verbose_name_plural': 'sellers',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('handle'), name='seller_handle_unique')],
            },
        ),
    ]
