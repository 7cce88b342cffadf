namespace CoAgent.Fixtures.Faulty;

/// <summary>Waits for nothing but cancellation.</summary>
internal static class Forever
{
    public static Task WaitAsync(CancellationToken cancellationToken) =>
        new TaskCompletionSource().Task.WaitAsync(cancellationToken);
}
