/// The kinds of entries that these tests look for, by the ids that operators' scripts know.
enum Event: String {
    case serviceStarted = "2019420d95ac4246a97773e1dae83eed"
    case serviceStopped = "1e7b990a371846888f83c1a574b16fc6"
    case configurationReloaded = "35bdef5789bc4c769c6e111f84b52604"
    case configurationRefused = "3dd17bdc16c04e74bac362bfed1abecf"
    case configurationProblem = "d324a355482c459a83c11c55d676557f"
    case runFinished = "75b2f24c3cf7407e895e71389c507065"
    case runAborted = "c8a25ea5e1a6405c9cca00e4700e4b75"
    case runInterrupted = "d6079133206a40abaebc9b9cd2776e2d"
    case stepInterrupted = "7d83c2aeb541426b8aa88d18746eb5f7"

    /// Of systemd's own: a unit has started, which a `Type=notify` service has when it says so.
    case unitStarted = "39f53479d3a045ac8e11786248231fbf"
}
