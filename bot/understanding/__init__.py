"""An utterance in, an `Understanding` out."""
