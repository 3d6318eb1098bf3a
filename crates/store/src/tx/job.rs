//! Work after a commit: put in with the change that causes it, claimed by lease, one in flight per subject.

use jiff::Timestamp;
use lineward_core::id::{JobId, RowId};

use super::Tx;
use crate::{
    error::StoreError,
    rows::{JobRow, JobState, NewJob},
    sql::{Columns, insert, places, sql},
};

impl Tx {
    /// Puts a job into the queue, behind the other jobs of its subject; nothing happens where its dedupe key is known.
    ///
    /// The subject's counter stays locked until the commit, so jobs of one subject become visible in their order.
    pub async fn put_job(&mut self, job: &NewJob) -> Result<(), StoreError> {
        let count = sql(
            "job_subject",
            "INSERT INTO job_subject (carrier_id, subject, last_seq) VALUES ($1, $2, 1) \
             ON CONFLICT (carrier_id, subject) DO UPDATE SET last_seq = job_subject.last_seq + 1",
        );
        self.run(count.put(self.carrier).put(job.subject.as_str())).await?;
        let of =
            sql("job_subject", "SELECT last_seq FROM job_subject WHERE carrier_id = $1 AND subject = $2");
        let seq: Option<i64> =
            self.one(of.put(self.carrier).put(job.subject.as_str()), |r| r.get("last_seq")).await?;
        let new = insert("job", self.carrier)
            .set("id", job.id)
            .set("kind", job.kind.as_str())
            .set("subject", job.subject.as_str())
            .set("seq", seq)
            .set("payload", job.payload.as_str())
            .set("state", JobState::Waiting.code())
            .set("attempts", 0_u32)
            .set("run_at", job.run_at)
            .set("dedupe_key", job.dedupe_key.as_deref())
            .unless_taken("carrier_id, dedupe_key");
        self.run(new.done()).await.map(drop)
    }

    /// Claims up to `limit` jobs until `until`: those that are due, not under another lease, and the first of their
    /// subject that is not done.
    ///
    /// Only the first waiting job of a subject can be claimed, so two claimers cannot hold two jobs of one subject:
    /// on PostgreSQL a row that changed since the statement began is looked at again before it is locked, and a job
    /// that is done or given up never waits again.
    pub async fn claim_jobs(
        &mut self,
        lease: RowId,
        until: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<JobRow>, StoreError> {
        let text = self.backend.skipping_locked(
            "SELECT * FROM job j WHERE j.carrier_id = $1 AND j.state = 'waiting' AND j.run_at <= $2 \
             AND (j.lease_until IS NULL OR j.lease_until <= $2) \
             AND NOT EXISTS (SELECT 1 FROM job e WHERE e.carrier_id = j.carrier_id AND e.subject = j.subject \
             AND e.state = 'waiting' AND e.seq < j.seq) \
             ORDER BY j.run_at, j.id LIMIT $3",
        );
        let of = sql("job", text).put(self.carrier).put(now).put(limit);
        // The lease of a job that was never claimed is empty: this claim's is written below.
        let mut jobs = self.all(of, |r| read_job(r, lease)).await?;
        if jobs.is_empty() {
            return Ok(jobs);
        }
        let text = format!(
            "UPDATE job SET lease = $2, lease_until = $3, attempts = attempts + 1 \
             WHERE carrier_id = $1 AND id IN ({})",
            places(4, jobs.len())
        );
        let claim = sql("job", text).put(self.carrier).put(lease).put(until);
        self.run(claim.put_all(jobs.iter().map(|j| j.id))).await?;
        for job in &mut jobs {
            job.attempts = job.attempts.saturating_add(1);
            job.lease = lease;
        }
        Ok(jobs)
    }

    /// Marks the job done; `false` when the lease is lost or over.
    pub async fn finish_job(&mut self, id: JobId, lease: RowId, now: Timestamp) -> Result<bool, StoreError> {
        let set = sql(
            "job",
            "UPDATE job SET state = 'done', lease_until = NULL, ended_at = $4 \
             WHERE carrier_id = $1 AND id = $2 AND lease = $3 AND state = 'waiting' AND lease_until > $4",
        );
        Ok(self.run(set.put(self.carrier).put(id).put(lease).put(now)).await? == 1)
    }

    /// Puts the job back until `run_at`; `false` when another claim has taken the lease.
    pub async fn retry_job(
        &mut self,
        id: JobId,
        lease: RowId,
        run_at: Timestamp,
        problem: &str,
    ) -> Result<bool, StoreError> {
        let set = sql(
            "job",
            "UPDATE job SET lease = NULL, lease_until = NULL, run_at = $4, problem = $5 \
             WHERE carrier_id = $1 AND id = $2 AND lease = $3 AND state = 'waiting'",
        );
        Ok(self.run(set.put(self.carrier).put(id).put(lease).put(run_at).put(problem)).await? == 1)
    }

    /// Puts the job back until `run_at` with what is left of it, as one that was never tried; `false` when another claim has
    /// taken the lease.
    pub async fn continue_job(
        &mut self,
        id: JobId,
        lease: RowId,
        run_at: Timestamp,
        payload: &str,
    ) -> Result<bool, StoreError> {
        let set = sql(
            "job",
            "UPDATE job SET lease = NULL, lease_until = NULL, run_at = $4, payload = $5, attempts = 0, \
             problem = NULL WHERE carrier_id = $1 AND id = $2 AND lease = $3 AND state = 'waiting'",
        );
        Ok(self.run(set.put(self.carrier).put(id).put(lease).put(run_at).put(payload)).await? == 1)
    }

    /// Gives the job up for a person to look at; a later job of its subject may go on. `false` when the lease is lost
    /// or over.
    pub async fn give_up_job(
        &mut self,
        id: JobId,
        lease: RowId,
        now: Timestamp,
        problem: &str,
    ) -> Result<bool, StoreError> {
        let set = sql(
            "job",
            "UPDATE job SET state = 'given_up', lease_until = NULL, ended_at = $4, problem = $5 \
             WHERE carrier_id = $1 AND id = $2 AND lease = $3 AND state = 'waiting' AND lease_until > $4",
        );
        Ok(self.run(set.put(self.carrier).put(id).put(lease).put(now).put(problem)).await? == 1)
    }

    /// The jobs that were given up, oldest first.
    pub async fn jobs_given_up(&mut self, limit: u32) -> Result<Vec<JobRow>, StoreError> {
        let of = sql(
            "job",
            "SELECT * FROM job WHERE carrier_id = $1 AND state = 'given_up' ORDER BY ended_at, id LIMIT $2",
        );
        self.all(of.put(self.carrier).put(limit), |r| read_job(r, r.get("lease")?)).await
    }

    /// Puts a job that was given up back into the queue; `false` when it was not given up.
    pub async fn reopen_job(&mut self, id: JobId, run_at: Timestamp) -> Result<bool, StoreError> {
        let set = sql(
            "job",
            "UPDATE job SET state = 'waiting', attempts = 0, lease = NULL, lease_until = NULL, ended_at = NULL, \
             problem = NULL, run_at = $3 WHERE carrier_id = $1 AND id = $2 AND state = 'given_up'",
        );
        Ok(self.run(set.put(self.carrier).put(id).put(run_at)).await? == 1)
    }

    /// Forgets the jobs done before `before`.
    pub async fn forget_jobs(&mut self, before: Timestamp) -> Result<(), StoreError> {
        let of = sql("job", "DELETE FROM job WHERE carrier_id = $1 AND state = 'done' AND ended_at < $2");
        self.run(of.put(self.carrier).put(before)).await.map(drop)
    }

    /// How many jobs there are of each kind and state.
    pub async fn job_counts(&mut self) -> Result<Vec<(String, JobState, u64)>, StoreError> {
        let of = sql(
            "job",
            "SELECT kind, state, count(*) AS jobs FROM job WHERE carrier_id = $1 \
             GROUP BY kind, state ORDER BY kind, state",
        );
        let count = |r: &Columns<'_>| {
            Ok((r.get("kind")?, r.code("state", JobState::parse)?, u64::from(r.get::<u32>("jobs")?)))
        };
        self.all(of.put(self.carrier), count).await
    }
}

fn read_job(r: &Columns<'_>, lease: RowId) -> Result<JobRow, StoreError> {
    Ok(JobRow {
        id: r.get("id")?,
        kind: r.get("kind")?,
        subject: r.get("subject")?,
        payload: r.get("payload")?,
        attempts: r.get("attempts")?,
        lease,
        state: r.code("state", JobState::parse)?,
        problem: r.get("problem")?,
        run_at: r.get("run_at")?,
    })
}
