var app = WebApplication.CreateBuilder(args).Build();
app.Run();

/// <summary>The service: also the operator's tool.</summary>
public partial class Program;
