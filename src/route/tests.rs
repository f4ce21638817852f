use super::*;

const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "get"];

const RESPONDING: [(&str, Calendar); 3] = [
    ("GET", Calendar::OpenInvitation(7)),
    ("POST", Calendar::Respond(7)),
    ("PUT", Calendar::ChangeAnswer(7)),
];

/// Every path with all its routes, in the order of `Allow`.
fn table() -> Vec<(&'static str, Vec<(&'static str, Route)>)> {
    fn row<R: Copy + Into<Route>>(
        path: &'static str,
        routes: &[(&'static str, R)],
    ) -> (&'static str, Vec<(&'static str, Route)>) {
        (path, routes.iter().map(|(method, route)| (*method, (*route).into())).collect())
    }
    vec![
        row("/", &[("GET", Proposal::List), ("POST", Proposal::Propose)]),
        row("/new/", &[("GET", Proposal::Compose), ("POST", Proposal::ComposeMore)]),
        row(
            "/7/",
            &[("GET", Proposal::Show(7)), ("PATCH", Proposal::Narrow(7)), ("DELETE", Proposal::Close(7))],
        ),
        row("/api/home/", &[("GET", Proposal::Home)]),
        row("/7/notify/", &[("POST", Proposal::Notify(7))]),
        row("/7/revoke/", &[("POST", Proposal::Revoke(7))]),
        row("/7/log/", &[("GET", Proposal::Log(7))]),
        row("/7/live/", &[("GET", Proposal::Live(7))]),
        row("/7/resend/", &[("POST", Proposal::Resend(7))]),
        row(
            "/7/parties/p2/",
            &[
                ("PUT", Proposal::Replace(7, 2)),
                ("PATCH", Proposal::SetOptional(7, 2)),
                ("DELETE", Proposal::Withdraw(7, 2)),
            ],
        ),
        row("/7/parties/p2/link/", &[("POST", Proposal::MakeLink(7, 2))]),
        row("/7/fix/", &[("POST", Proposal::Fix(7))]),
        row("/7/round/", &[("POST", Proposal::Round(7))]),
        row("/7/decline/", &[("POST", Proposal::DeclineAgreed(7))]),
        row("/7/accept/", &[("POST", Proposal::AcceptAgreed(7))]),
        row("/7/calendar.ics", &[("GET", Proposal::Calendar(7))]),
        row("/7/follow/", &[("POST", Proposal::Follow(7))]),
        row("/7/forget/", &[("POST", Proposal::Forget(7))]),
        row("/meetings/7/confirm/", &[("POST", Meeting::Confirm(7))]),
        row("/meetings/7/approve/", &[("POST", Meeting::Approve(7))]),
        row("/meetings/7/times/", &[("GET", Meeting::OtherTimes(7))]),
        row("/api/user/busy/subscriptions/", &[("GET", Busy::Subscriptions), ("POST", Busy::Subscribe)]),
        row(
            "/api/user/busy/subscriptions/7/",
            &[("POST", Busy::ReadSubscription(7)), ("DELETE", Busy::EndSubscription(7))],
        ),
        row("/admin/", &[("GET", Admin::AdminOverview)]),
        row("/admin/proposals/", &[("GET", Admin::AdminList(admin::List::Proposals))]),
        row("/admin/calendars/", &[("GET", Admin::AdminList(admin::List::Calendars))]),
        row("/admin/meetings/", &[("GET", Admin::AdminList(admin::List::Meetings))]),
        row("/admin/bookings/", &[("GET", Admin::AdminList(admin::List::Bookings))]),
        row("/admin/accounts/", &[("GET", Admin::AdminList(admin::List::Accounts))]),
        row("/admin/logs/", &[("GET", Admin::AdminList(admin::List::Logs))]),
        row("/admin/outbox/", &[("GET", Admin::AdminList(admin::List::Outbox))]),
        row("/admin/suppressions/", &[("GET", Admin::AdminList(admin::List::Suppressions))]),
        row("/admin/ledger/", &[("GET", Admin::StaffLedger)]),
        row("/admin/health/", &[("GET", Admin::AdminHealth)]),
        row("/admin/health/mail/", &[("POST", Admin::TestMail)]),
        row("/admin/accounts/7/", &[("GET", Admin::AdminAccount(7)), ("POST", Admin::ActOnAccount(7))]),
        row("/admin/outbox/retry/", &[("POST", Admin::RetryMail)]),
        row("/admin/suppressions/release/", &[("POST", Admin::ReleaseAddress)]),
        row("/api/event/", &[("GET", Booking::Events), ("POST", Booking::BookEvent)]),
        row("/api/event/suggest/", &[("GET", Booking::SuggestEvents)]),
        row(
            "/api/event/7/",
            &[("GET", Booking::Event(7)), ("PUT", Booking::PutEvent(7)), ("PATCH", Booking::ChangeEvent(7))],
        ),
        row("/api/user/block_slots/", &[("POST", Booking::BlockHours), ("DELETE", Booking::UnblockHours)]),
        row("/api/user/get_available_slots/", &[("GET", Booking::AvailableHours)]),
        row("/api/user/freebusy/", &[("GET", Booking::FreeBusy)]),
        row("/api/user/working_hours/", &[("GET", Booking::WorkingHours), ("PUT", Booking::SetWorkingHours)]),
        row(
            "/api/user/booking_page/",
            &[
                ("GET", Booking::BookingPage),
                ("PUT", Booking::SetBookingPage),
                ("DELETE", Booking::WithdrawBookingPage),
            ],
        ),
        row("/api/user/offers/", &[("GET", Booking::Offers), ("POST", Booking::AddOffer)]),
        row(
            "/api/user/offers/x/",
            &[("GET", Booking::Offer), ("PATCH", Booking::ChangeOffer), ("DELETE", Booking::RemoveOffer)],
        ),
        row("/api/user/offers/x/qr.svg", &[("GET", Booking::OfferCode)]),
        row("/book/x/", &[("GET", Booking::PublicPage)]),
        row("/book/x/y/", &[("GET", Booking::FreeTimes), ("POST", Booking::Hold)]),
        row("/meetings/7/forget/", &[("POST", Meeting::ForgetMeeting(7))]),
        row("/meetings/7/calendar.ics", &[("GET", Meeting::MeetingFile(7))]),
        row("/demo/", &[("GET", Service::Demo), ("POST", Service::TryDemo)]),
        row(
            "/meetings/7/",
            &[("GET", Meeting::Meeting(7)), ("PATCH", Meeting::Update(7)), ("DELETE", Meeting::Cancel(7))],
        ),
        row("/meetings/7/decline/", &[("POST", Meeting::Decline(7))]),
        row("/meetings/7/accept/", &[("POST", Meeting::Accept(7))]),
        row("/feed/", &[("GET", Meeting::FeedLink), ("POST", Meeting::RotateFeed)]),
        row("/feed/x.ics", &[("GET", Meeting::Feed)]),
        row("/unsubscribe/x/", &[("GET", Mail::Unsubscribe), ("POST", Mail::UnsubscribeNow)]),
        row("/mail/events", &[("POST", Mail::MailEvents)]),
        row("/outbox/", &[("GET", Mail::Outbox)]),
        row("/accounts/signup/", &[("GET", Account::SignUpForm), ("POST", Account::SignUp)]),
        row("/api/user/sign_up/", &[("POST", Account::ApiSignUp)]),
        row("/api/user/login/", &[("POST", Account::ApiLogin)]),
        row("/api-auth/login/", &[("GET", Account::LoginForm), ("POST", Account::BrowserLogin)]),
        row("/api/user/logout/", &[("GET", Account::LogoutForm), ("POST", Account::ApiLogout)]),
        row("/api-auth/logout/", &[("GET", Account::LogoutForm), ("POST", Account::ApiLogout)]),
        row("/api/user/get_detail/", &[("GET", Account::Detail)]),
        row("/accounts/verify/", &[("POST", Account::VerifyAgain)]),
        row("/accounts/verify/x/", &[("GET", Account::Verify), ("POST", Account::VerifyNow)]),
        row("/accounts/password/", &[("POST", Account::ChangePassword)]),
        row("/accounts/password/reset/", &[("GET", Account::ResetForm), ("POST", Account::AskReset)]),
        row("/accounts/password/reset/x/", &[("GET", Account::Reset), ("POST", Account::ResetNow)]),
        row("/accounts/address/", &[("POST", Account::ChangeAddress)]),
        row("/accounts/address/x/", &[("GET", Account::Address), ("POST", Account::AddressNow)]),
        row("/accounts/address/undo/x/", &[("GET", Account::Undo), ("POST", Account::UndoNow)]),
        row(
            "/accounts/me/",
            &[("GET", Account::Me), ("PATCH", Account::ChangeMe), ("DELETE", Account::Leave)],
        ),
        row("/accounts/export/", &[("GET", Account::Export)]),
        row("/accounts/sessions/", &[("GET", Account::SignIns), ("DELETE", Account::EndSignIns)]),
        row("/accounts/sessions/x/", &[("DELETE", Account::EndSignIn)]),
        row("/accounts/login/", &[("POST", Account::Login)]),
        row("/accounts/token/refresh/", &[("POST", Account::Refresh)]),
        row("/accounts/logout/", &[("POST", Account::Logout)]),
        row("/api-token-auth/", &[("POST", Account::TokenAuth)]),
        row(
            "/schedules/contacts/",
            &[
                ("GET", Contact::Contacts),
                ("POST", Contact::AddContact),
                ("PUT", Contact::PutContact),
                ("PATCH", Contact::ChangeContact),
                ("DELETE", Contact::RemoveContact),
            ],
        ),
        row("/schedules/contacts/groups/", &[("GET", Contact::ContactGroups)]),
        row("/schedules/contacts/import/", &[("POST", Contact::ImportContacts)]),
        row("/schedules/contacts/export/", &[("GET", Contact::ExportContacts)]),
        row("/schedules/home/", &[("GET", Calendar::Calendars)]),
        row("/schedules/calendars/create/", &[("POST", Calendar::CreateCalendar)]),
        row(
            "/schedules/calendars/compose/",
            &[("GET", Calendar::ComposeCalendar), ("POST", Calendar::ComposeMoreCalendar)],
        ),
        row("/schedules/calendars/7/", &[("DELETE", Calendar::CloseCalendar(7))]),
        row("/schedules/calendars/7/copy/", &[("POST", Calendar::CopyCalendar(7))]),
        row(
            "/schedules/calendars/7/details/",
            &[("GET", Calendar::Details(7)), ("PUT", Calendar::Edit(7)), ("PATCH", Calendar::Edit(7))],
        ),
        row(
            "/schedules/calendars/remind/7/8/",
            &[("GET", Calendar::RemindByGet(7, 8)), ("POST", Calendar::Remind(7, 8))],
        ),
        row(
            "/schedules/calendars/7/confirm/",
            &[("GET", Calendar::Suggest(7)), ("POST", Calendar::Finalize(7))],
        ),
        row("/schedules/calendars/7/respond/x/", &RESPONDING),
        row("/schedules/calendars/7/respond/", &RESPONDING),
        row("/schedules/calendars/7/resend/", &[("POST", Calendar::ResendInvitation(7))]),
        row("/schedules/calendars/7/forget/", &[("POST", Calendar::ForgetInvitation(7))]),
        row("/schedules/calendars/7/log/", &[("GET", Calendar::CalendarLog(7))]),
        row("/schedules/calendars/7/live/", &[("GET", Calendar::CalendarLive(7))]),
        row("/schedules/calendars/7/answers.csv", &[("GET", Calendar::Answers(7))]),
        row("/schedules/calendars/7/calendar.ics", &[("GET", Calendar::CalendarFile(7))]),
        row("/schedules/calendars/7/meetings/", &[("GET", Calendar::Meetings(7))]),
        row(
            "/schedules/calendars/7/meetings/8/",
            &[
                ("GET", Calendar::CalendarMeeting(7, 8)),
                ("PATCH", Calendar::UpdateCalendarMeeting(7, 8)),
                ("DELETE", Calendar::CancelCalendarMeeting(7, 8)),
            ],
        ),
        row("/api/user/busy/", &[("GET", Busy::ListBusy)]),
        row("/api/user/busy/import/", &[("POST", Busy::ImportBusy), ("DELETE", Busy::ForgetBusy)]),
        row("/transfer/", &[("GET", Transfer::TransferTables)]),
        row("/transfer/tables/x/", &[("GET", Transfer::TransferRows), ("POST", Transfer::AddTransferRows)]),
        row(
            "/transfer/objects/proposals/7/",
            &[("GET", Transfer::TransferObject), ("PUT", Transfer::PutTransferObject)],
        ),
        row("/openapi", &[("GET", Service::OpenApi)]),
        row("/docs/", &[("GET", Service::Docs)]),
        row("/healthz", &[("GET", Service::Health)]),
    ]
}

#[test]
fn every_route_in_every_method_with_and_without_its_slash() {
    for (path, routes) in table() {
        let mut allow = Vec::new();
        for (method, _) in &routes {
            allow.push(*method);
            allow.extend((*method == "GET").then_some("HEAD"));
        }
        allow.push("OPTIONS");
        let allow = allow.join(", ");
        for method in METHODS {
            let get = if method == "HEAD" { "GET" } else { method };
            let found = routes.iter().find(|(name, _)| *name == get).map(|(_, route)| *route);
            let wanted = match (found, method) {
                (Some(route), _) => Ok(route),
                (None, "OPTIONS") => Err(Miss::Options(allow.clone())),
                (None, _) => Err(Miss::Method(allow.clone())),
            };
            assert_eq!(route(method, path), wanted, "{method} {path}");
            let bare = path.trim_end_matches('/');
            if !bare.is_empty() {
                assert_eq!(route(method, bare), wanted, "{method} {bare}");
                assert_eq!(route(method, &format!("{bare}/")), wanted, "{method} {bare}/");
            }
        }
    }
}

/// The variants of the enums, from the source: what the table must not miss.
fn variants() -> Vec<&'static str> {
    let sources = [
        include_str!("proposal.rs"),
        include_str!("meeting.rs"),
        include_str!("mail.rs"),
        include_str!("account.rs"),
        include_str!("contact.rs"),
        include_str!("booking.rs"),
        include_str!("busy.rs"),
        include_str!("admin.rs"),
        include_str!("calendar.rs"),
        include_str!("service.rs"),
        include_str!("transfer.rs"),
    ];
    let body = |source: &'static str| {
        let (_, rest) = source.split_once("pub enum ").unwrap();
        rest.split_once("\n}").unwrap().0
    };
    let lines = sources.into_iter().flat_map(|source| body(source).lines().skip(1));
    let name = |line: &'static str| line.trim().split(['(', ',']).next().unwrap();
    lines.filter(|line| line.starts_with("    ") && !line.contains("///")).map(name).collect()
}

#[test]
fn the_table_has_every_route() {
    let mut shown: Vec<String> = table()
        .into_iter()
        .flat_map(|(_, routes)| routes)
        .map(|(_, route)| format!("{route:?}").split(['(', ')']).nth(1).unwrap().to_owned())
        .collect();
    shown.sort_unstable();
    shown.dedup();
    let mut wanted = variants();
    wanted.sort_unstable();
    assert_eq!(shown, wanted);
}

#[test]
fn only_what_takes_no_sessions_may_come_from_another_site() {
    for (path, routes) in table() {
        for (method, route) in routes {
            let policy = route.policy();
            assert!(!(policy.cross_site && policy.takes_sessions()), "{method} {path}");
            assert!(!policy.idempotency_key || method == "POST", "{method} {path}");
        }
    }
}

#[test]
fn a_name_has_nothing_of_the_path() {
    assert_eq!(Route::from(Proposal::List).name(), "list");
    assert_eq!(Route::from(Account::TokenAuth).name(), "token-auth");
    assert_eq!(Route::from(Proposal::Withdraw(7, 2)).name(), "withdraw");
}

#[test]
fn what_is_no_route_is_told_apart() {
    for path in [
        "/foo",
        "/07/",
        "/-1/",
        "/9007199254740992/",
        "/7//",
        "//",
        "/7/x",
        "/7/log/x",
        "/7/parties/",
        "/7/parties/2",
        "/7/parties/p02",
        "/7/parties/p99999",
        "/7/parties/p0/link/x",
        "/7/parties/2/link/",
        "/1.0/",
        "/schedules/calendars/",
        "/schedules/calendars/x/details/",
        "/schedules/calendars/7/respond//",
        "/schedules/calendars/7/respond/x/y/",
        "/schedules/calendars/7/meetings/x/",
        "/schedules/calendars/remind/7/",
        "/transfer/tables/",
        "/transfer/objects/proposals/",
        "/transfer/objects/proposals/x/",
        "",
        "/٣/",
    ] {
        for method in METHODS {
            assert_eq!(route(method, path), Err(Miss::NotFound), "{method} {path}");
        }
    }
}
