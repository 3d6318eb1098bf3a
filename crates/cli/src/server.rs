//! The server: routes and workers until somebody asks them to stop.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use lineward_app::{Actor, Mode};
use lineward_web::{Web, WebSettings};
use tokio::{net::TcpListener, sync::watch, task::JoinHandle};

use crate::{clock, config::Config, out::CliError, wiring::Running};

/// How often old answers are forgotten, and the work that recurs is seen to be there.
const HOUR: Duration = Duration::from_secs(3600);
/// How long a worker with nothing to do waits before it looks again: an approved line is ordered within this time.
const IDLE: Duration = Duration::from_millis(250);
/// How long a worker waits when the store did not answer. Ours: a database restart takes some seconds.
const TROUBLED: Duration = Duration::from_secs(5);
/// How long requests under way may still take after a stop was asked for. Service managers kill after 10 to 90 seconds.
const LAST_REQUESTS: Duration = Duration::from_secs(8);
/// Requests one address may make a minute. Ours: an application takes about 20; a shop behind one address has several.
const REQUESTS_PER_MINUTE: u32 = 600;

/// Answers requests and carries out jobs until somebody asks it to stop, or until one of the two ends by itself: a process
/// that answers while no job is carried out, or the other way round, must not look healthy.
pub(crate) async fn run(
    running: &Running,
    config: &Config,
    listener: TcpListener,
    stop_signals: StopSignals,
) -> Result<(), CliError> {
    let (stop, stopped) = watch::channel(false);
    let mut worker = tokio::spawn(work(running.clone(), stopped.clone()));
    let mut server = serve(web(running, config), listener, stopped);
    until_asked(stop_signals.asked(), &mut worker, &mut server).await?;
    tracing::info!("stopping");
    // Both ends of the channel live until here, so everybody hears it.
    let _ = stop.send(true);
    let ended = tokio::time::timeout(LAST_REQUESTS, async { (server.await, worker.await) });
    match ended.await {
        Ok((Ok(Ok(())), Ok(()))) => Ok(()),
        Ok((Ok(Err(e)), _)) => Err(CliError::new(e, "look at the log")),
        Ok((Err(e), _) | (_, Err(e))) => Err(CliError::new(e, "look at the log")),
        // Jobs keep their lease and requests their idempotency key: whoever was cut off can ask again.
        Err(_) => {
            tracing::warn!("requests were still under way");
            Ok(())
        }
    }
}

/// Ends well when a stop is asked for, and with an error when a task was first.
async fn until_asked(
    asked: impl Future<Output = Result<(), CliError>>,
    worker: &mut JoinHandle<()>,
    server: &mut JoinHandle<std::io::Result<()>>,
) -> Result<(), CliError> {
    tokio::select! {
        asked = asked => asked,
        ended = worker => Err(ended_early("worker", ended.err().map(|e| e.to_string()))),
        ended = server => {
            let why = ended.map_err(|e| e.to_string()).and_then(|served| served.map_err(|e| e.to_string()));
            Err(ended_early("server", why.err()))
        }
    }
}

fn ended_early(task: &str, why: Option<String>) -> CliError {
    let why = why.map_or(String::new(), |why| format!(": {why}"));
    CliError::new(
        format!("the {task} ended by itself{why}"),
        "look at the log, and let a service manager start this program again: work under way is gone on with",
    )
}

/// Binds the address.
pub(crate) fn listen(address: SocketAddr) -> Result<std::net::TcpListener, CliError> {
    let bound = std::net::TcpListener::bind(address);
    let bound = bound.and_then(|listener| listener.set_nonblocking(true).map(|()| listener));
    bound.map_err(|e| CliError::new(format!("{address}: {e}"), "name another address with --listen"))
}

fn web(running: &Running, config: &Config) -> Web {
    let settings = WebSettings {
        origin: config.origin.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        requests_per_minute: REQUESTS_PER_MINUTE,
        secure_cookies: config.origin.starts_with("https://"),
        demo: config.mode == Mode::Demo,
    };
    Web::new(running.app.clone(), running.entropy.clone(), Arc::new(clock::now), settings)
}

fn serve(web: Web, listener: TcpListener, stopped: watch::Receiver<bool>) -> JoinHandle<std::io::Result<()>> {
    let service = lineward_web::router(web).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).with_graceful_shutdown(until(stopped)).await })
}

async fn work(running: Running, mut stopped: watch::Receiver<bool>) {
    let mut forgot: Option<Instant> = None;
    while !*stopped.borrow() {
        if forgot.is_none_or(|at| at.elapsed() >= HOUR) {
            forgot = Some(Instant::now());
            if let Err(error) = running.app.forget_requests(&running.ctx(Actor::System)).await {
                tracing::error!(%error, "old answers could not be forgotten");
            }
            if let Err(error) = running.app.watch_documents(&running.ctx(Actor::System)).await {
                tracing::error!(%error, "the daily look at documents could not be put in");
            }
        }
        let wait = match running.app.run_jobs(&running.ctx(Actor::System)).await {
            Ok(0) => IDLE,
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(%error, "jobs could not be carried out");
                TROUBLED
            }
        };
        tokio::select! {
            _ = stopped.changed() => {}
            () = tokio::time::sleep(wait) => {}
        }
    }
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a stop as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// Whoever asks the server to stop. Made before anybody is told where it listens: a signal that comes at once counts.
pub(crate) struct StopSignals {
    #[cfg(unix)]
    signals: [tokio::signal::unix::Signal; 2],
}

impl StopSignals {
    /// Listens for SIGTERM and SIGINT from now on.
    #[cfg(unix)]
    pub(crate) fn listen() -> Result<StopSignals, CliError> {
        use tokio::signal::unix::{SignalKind, signal};
        let listen =
            |kind| signal(kind).map_err(|e| CliError::new(e, "start this program as a process of its own"));
        Ok(StopSignals { signals: [listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?] })
    }

    /// Elsewhere there is Ctrl+C only.
    #[cfg(not(unix))]
    pub(crate) fn listen() -> Result<StopSignals, CliError> {
        Ok(StopSignals {})
    }

    #[cfg(unix)]
    async fn asked(self) -> Result<(), CliError> {
        let [mut terminate, mut interrupt] = self.signals;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        Ok(())
    }

    #[cfg(not(unix))]
    async fn asked(self) -> Result<(), CliError> {
        tokio::signal::ctrl_c()
            .await
            .map_err(|e| CliError::new(e, "start this program as a process of its own"))
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::wiring;

    #[test]
    fn neither_task_ends_by_itself_unnoticed() {
        let told = |worker: bool, server: bool| {
            wiring::block_on(async {
                let mut worker =
                    tokio::spawn(async move { if worker { panic!("a bug") } else { pending().await } });
                let mut server = tokio::spawn(async move { if server { Ok(()) } else { pending().await } });
                until_asked(pending(), &mut worker, &mut server).await
            })
        };
        assert!(told(true, false).unwrap_err().what().starts_with("the worker ended by itself: "));
        assert_eq!(told(false, true).unwrap_err().what(), "the server ended by itself");
    }

    #[test]
    fn a_stop_that_was_asked_for_is_no_error() {
        let told = wiring::block_on(async {
            let (mut worker, mut server) = (tokio::spawn(pending()), tokio::spawn(pending()));
            until_asked(async { Ok(()) }, &mut worker, &mut server).await
        });
        assert!(told.is_ok());
    }
}
