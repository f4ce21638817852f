//! The routes of accounts: signing up and in, and one's own account.

use super::policy::{Formats, Policy};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// `POST /accounts/signup/`
    SignUp,
    /// `POST /api/user/sign_up/`
    ApiSignUp,
    /// `GET /accounts/signup/`: the form.
    SignUpForm,
    /// `POST /api/user/login/`
    ApiLogin,
    /// `GET /api-auth/login/`: the form.
    LoginForm,
    /// `POST /api-auth/login/`
    BrowserLogin,
    /// `GET /api/user/logout/`, `GET /api-auth/logout/`: the form.
    LogoutForm,
    /// `POST /api/user/logout/`, `POST /api-auth/logout/`
    ApiLogout,
    /// `GET /api/user/get_detail/`
    Detail,
    /// `POST /accounts/verify/`: another link.
    VerifyAgain,
    /// `POST /accounts/password/`
    ChangePassword,
    /// `GET /accounts/password/reset/`: the form.
    ResetForm,
    /// `POST /accounts/password/reset/`: a link.
    AskReset,
    /// `GET /accounts/password/reset/{token}/`
    Reset,
    /// `POST /accounts/password/reset/{token}/`
    ResetNow,
    /// `POST /accounts/address/`
    ChangeAddress,
    /// `GET /accounts/address/{token}/`
    Address,
    /// `POST /accounts/address/{token}/`
    AddressNow,
    /// `GET /accounts/address/undo/{token}/`
    Undo,
    /// `POST /accounts/address/undo/{token}/`
    UndoNow,
    /// `GET /accounts/me/`
    Me,
    /// `PATCH /accounts/me/`
    ChangeMe,
    /// `DELETE /accounts/me/`
    Leave,
    /// `GET /accounts/export/`
    Export,
    /// `GET /accounts/sessions/`
    SignIns,
    /// `DELETE /accounts/sessions/`: all others.
    EndSignIns,
    /// `DELETE /accounts/sessions/{id}/`
    EndSignIn,
    /// `POST /accounts/login/`
    Login,
    /// `POST /accounts/token/refresh/`
    Refresh,
    /// `POST /accounts/logout/`
    Logout,
    /// `GET /accounts/verify/{token}/`
    Verify,
    /// `POST /accounts/verify/{token}/`
    VerifyNow,
    /// `POST /api-token-auth/`
    TokenAuth,
}

impl Account {
    pub const fn policy(self) -> Policy {
        match self {
            Self::SignUp | Self::ApiSignUp | Self::AskReset => Policy::IN_REQUEST.idempotent(),
            // Their answers are secrets, which are not kept.
            Self::ApiLogin | Self::BrowserLogin | Self::Login | Self::Refresh | Self::TokenAuth => {
                Policy::IN_REQUEST
            }
            // Sent again, these do nothing by themselves.
            Self::Logout
            | Self::Verify
            | Self::VerifyNow
            | Self::Reset
            | Self::ResetNow
            | Self::Address
            | Self::AddressNow
            | Self::Undo
            | Self::UndoNow => Policy::IN_REQUEST,
            Self::SignUpForm | Self::LoginForm | Self::ResetForm => Policy::PUBLIC,
            // The form to sign out carries the session's token.
            Self::LogoutForm | Self::ApiLogout => Policy::ACCOUNT,
            Self::VerifyAgain | Self::ChangeAddress => Policy::ACCOUNT.idempotent(),
            Self::ChangePassword
            | Self::Detail
            | Self::Me
            | Self::Leave
            | Self::SignIns
            | Self::EndSignIns
            | Self::EndSignIn => Policy::ACCOUNT,
            Self::ChangeMe => Policy::ACCOUNT.if_match(),
            Self::Export => Policy::ACCOUNT.formats(Formats::JsonOrCalendar),
        }
    }
}
