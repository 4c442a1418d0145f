FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# Packages change seldom: this layer stays until a project file does.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY Scim.Domain/Scim.Domain.csproj Scim.Domain/
COPY Scim.Api/Scim.Api.csproj Scim.Api/
RUN dotnet restore Scim.Api --use-current-runtime -p:PublishReadyToRun=true

COPY .editorconfig ./
COPY Scim.Domain/ Scim.Domain/
COPY Scim.Api/ Scim.Api/
# The commit, for --version and /health/live; git is not here to ask.
ARG COMMIT=
RUN dotnet publish Scim.Api --no-restore --use-current-runtime --no-self-contained -p:PublishReadyToRun=true -p:SourceRevisionId=$COMMIT -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
WORKDIR /app
COPY --from=build /app .
USER $APP_UID
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["/app/Scim.Api", "health"]
ENTRYPOINT ["/app/Scim.Api"]
