"""Why did the network say so, and what would it like to see? Gradients down to the pixels."""

from vizconv.engine.explanations.dreaming import Dream, dream
from vizconv.engine.explanations.grad_cam import GradCam, grad_cam, upsample
from vizconv.engine.explanations.noise import noise
from vizconv.engine.explanations.occlusion import Occlusion, occlusion
from vizconv.engine.explanations.saliency import Saliency, saliency

__all__ = [
    "Dream",
    "GradCam",
    "Occlusion",
    "Saliency",
    "dream",
    "grad_cam",
    "noise",
    "occlusion",
    "saliency",
    "upsample",
]
