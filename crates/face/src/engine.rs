//! What runs a network: one trait of two methods, and rten as its real implementation.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rten::{Dimension, Model, ModelOptions, NodeId, RunOptions, ThreadPool};
use rten_tensor::NdTensorView;
use rten_tensor::prelude::*;
use zeroize::Zeroizing;

/// One network with one picture as its input.
pub(crate) trait Engine: Send + Sync {
    /// Height and width of the input; its batch is 1 and its planes are 3.
    fn input_size(&self) -> (usize, usize);

    /// Runs the network on one planar picture of that size; every output by its name.
    fn run(&self, planes: &[f32]) -> Result<Vec<Output>, EngineError>;
}

/// One output of a network.
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) data: Zeroizing<Vec<f32>>,
}

/// A network that does not load or run.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The file is not a network that the engine can load.
    #[error("the network does not load: {0}")]
    Load(String),
    /// The network is not of the shape the manifest names.
    #[error("the network's shape is not the manifest's: {0}")]
    Shape(String),
    /// The network failed while running.
    #[error("the network does not run: {0}")]
    Run(String),
}

/// The threads that networks run on. Each lane is one thread and runs one network at a time, so a comparison takes one
/// core and as many comparisons run at once as there are lanes.
pub(crate) struct Lanes {
    lanes: Vec<Mutex<Arc<ThreadPool>>>,
    next: AtomicUsize,
}

impl Lanes {
    pub(crate) fn new(count: usize) -> Lanes {
        let lane = || Mutex::new(Arc::new(ThreadPool::with_num_threads(1)));
        Lanes { lanes: (0..count.max(1)).map(|_| lane()).collect(), next: AtomicUsize::new(0) }
    }

    pub(crate) fn count(&self) -> usize {
        self.lanes.len()
    }

    /// Runs `work` on a free lane, or waits for one.
    fn run<T>(&self, work: impl FnOnce(Arc<ThreadPool>) -> T) -> T {
        let free = self.lanes.iter().find_map(|lane| lane.try_lock().ok());
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.lanes.len();
        let lane = free.unwrap_or_else(|| self.lanes[turn].lock().unwrap_or_else(PoisonError::into_inner));
        work(Arc::clone(&lane))
    }
}

/// A network run by rten.
pub(crate) struct RtenEngine {
    model: Model,
    input: NodeId,
    size: (usize, usize),
    outputs: Vec<(String, NodeId)>,
    lanes: Arc<Lanes>,
}

impl RtenEngine {
    /// Loads an ONNX file whose input is 1 x 3 x `size`.
    pub(crate) fn load(
        onnx: Vec<u8>,
        size: (usize, usize),
        lanes: Arc<Lanes>,
    ) -> Result<RtenEngine, EngineError> {
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model = options.load(onnx).map_err(|e| EngineError::Load(e.to_string()))?;
        let input = *model.input_ids().first().ok_or_else(|| EngineError::Shape("no input".into()))?;
        let wanted = [1, 3, size.0, size.1];
        let shape = model.input_shape(0).unwrap_or_default();
        let agrees = shape.len() == wanted.len()
            && shape.iter().zip(wanted).all(|(dimension, wanted)| match dimension {
                Dimension::Fixed(fixed) => *fixed == wanted,
                Dimension::Symbolic(_) => true,
            });
        if !agrees {
            return Err(EngineError::Shape(format!("input is {shape:?}, the manifest says {wanted:?}")));
        }
        let name = |id: NodeId| model.node_info(id).and_then(|node| node.name().map(str::to_owned));
        let outputs = model.output_ids().iter().map(|&id| (name(id).unwrap_or_default(), id)).collect();
        Ok(RtenEngine { model, input, size, outputs, lanes })
    }
}

impl Engine for RtenEngine {
    fn input_size(&self) -> (usize, usize) {
        self.size
    }

    fn run(&self, planes: &[f32]) -> Result<Vec<Output>, EngineError> {
        let failed = |e: &dyn std::fmt::Display| EngineError::Run(e.to_string());
        let view =
            NdTensorView::try_from_data([1, 3, self.size.0, self.size.1], planes).map_err(|e| failed(&e))?;
        let ids: Vec<NodeId> = self.outputs.iter().map(|(_, id)| *id).collect();
        let values = self.lanes.run(|pool| {
            let options = RunOptions::default().with_thread_pool(Some(pool));
            self.model.run(vec![(self.input, view.into())], &ids, Some(options))
        });
        let values = values.map_err(|e| failed(&e))?;
        let outputs = self.outputs.iter().zip(values).map(|((name, _), value)| {
            let tensor =
                value.as_tensor_view::<f32>().ok_or_else(|| failed(&"an output is not of floats"))?;
            Ok(Output { name: name.clone(), data: Zeroizing::new(tensor.to_vec()) })
        });
        outputs.collect()
    }
}
